import { drawnOptions, type DrawnOptions } from '../batch';
import { findRuns } from '../find';
import { listing } from '../listing';
import { withSession } from '../session';
import { examples, type Verb } from '../verb';

const verb: Verb = (program, environment) => {
  const command = drawnOptions(program.command('figures'))
    .summary('list the figures and what each still lacks')
    .description('Lists every figure with its form in the paper; iqalab export writes them.')
    .addHelpText('after', examples('iqalab figures', 'iqalab figures --pair 2'));
  command.action(async (options: DrawnOptions) => {
    await withSession(environment, command, { workspace: 'existing' }, async (session) => {
      const runIds = (await findRuns(session.lab, options)).map(({ id }) => id);
      const { side, scored, attack } = options;
      const study = await session.lab.call('study.load', { runIds, side });
      for (const line of listing(study, { scored, attack }, ['figure'])) session.terminal.out(line);
      session.next('export');
    });
  });
};
export default verb;
