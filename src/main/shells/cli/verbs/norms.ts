import { findRuns } from '../find';
import { integer } from '../parsers';
import { printTables } from '../print-tables';
import { withSession } from '../session';
import { parseSettings } from '../settings';
import { collect, examples, type Verb } from '../verb';
import { batchOptions, type BatchOptions } from '../batch';

interface Options extends BatchOptions {
  limit?: number;
  set?: string[];
}

const verb: Verb = (program, environment) => {
  const command = batchOptions(program.command('norms'))
    .summary('measure gradient norms')
    .description(
      'Measures for every picture the l1 norm of the gradient of the score with respect to the\n' +
        'pixels, exactly and by the finite difference that training uses.',
    )
    .option('--limit <n>', 'only the first N pictures', integer(1))
    .option('--set <name=value>', 'a setting of the measurement; may be repeated', collect)
    .addHelpText('after', examples('iqalab norms', 'iqalab norms --pair 2 --limit 100'));
  command.action(async (options: Options) => {
    await withSession(environment, command, { workspace: 'existing' }, async (session) => {
      const { lab } = session;
      const catalogue = await lab.call('catalogue.get', {});
      const { norms } = parseSettings(options.set ?? [], { norms: catalogue.norms });
      const runIds = (await findRuns(lab, options)).map(({ id }) => id);
      const { side } = options;
      const { jobIds } = await lab.call('norms.start', {
        runIds,
        side,
        params: norms,
        limit: options.limit ?? null,
      });
      await session.wait(jobIds);
      await printTables(session, ['norms'], { runIds, side }, { scored: 'float' });
      session.next('export');
    });
  });
};
export default verb;
