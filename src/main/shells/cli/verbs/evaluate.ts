import { findRuns } from '../find';
import { printTables } from '../print-tables';
import { withSession } from '../session';
import { examples, type Verb } from '../verb';
import { batchOptions, type BatchOptions } from '../batch';

const verb: Verb = (program, environment) => {
  const command = batchOptions(program.command('evaluate'))
    .summary('score a side of the split with trained runs')
    .description('Scores every picture of one side and prints how well the scores follow the MOS.')
    .addHelpText(
      'after',
      examples('iqalab evaluate', 'iqalab evaluate --pair 2 --side validation'),
    );
  command.action(async (options: BatchOptions) => {
    await withSession(environment, command, { workspace: 'existing' }, async (session) => {
      const runs = await findRuns(session.lab, options);
      const runIds = runs.map(({ id }) => id);
      const { side } = options;
      const { jobIds } = await session.lab.call('evaluate.start', { runIds, side });
      await session.wait(jobIds);
      await printTables(session, ['clean'], { runIds, side }, { scored: 'float' });
      session.next('attack fgsm');
    });
  });
};
export default verb;
