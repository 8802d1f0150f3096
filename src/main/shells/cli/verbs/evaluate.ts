import type { ScoreDefence } from '@shared/domain/run';
import { Option } from 'commander';
import { findById, findRuns } from '../find';
import { integer } from '../parsers';
import { printTables } from '../print-tables';
import { withSession, type Session } from '../session';
import { parseSettings } from '../settings';
import { collect, examples, type Verb } from '../verb';
import { batchOptions, type BatchOptions } from '../batch';

interface Options extends BatchOptions {
  defence?: string;
  on: ScoreDefence['on'];
  limit?: number;
  set?: string[];
}

const verb: Verb = (program, environment) => {
  const command = batchOptions(program.command('evaluate'))
    .summary('score a side of the split with trained runs')
    .description('Scores every picture of one side and prints how well the scores follow the MOS.')
    .option('--defence <id>', 'put this defence before the model (see: iqalab defences)')
    .addOption(
      new Option('--on <what>', 'what the defence is given')
        .choices(['picture', 'views'])
        .default('picture'),
    )
    .option('--limit <n>', 'only the first N pictures', integer(1))
    .option('--set <name=value>', 'a setting of the defence; may be repeated', collect)
    .addHelpText(
      'after',
      examples(
        'iqalab evaluate',
        'iqalab evaluate --pair 2 --side validation',
        'iqalab evaluate --defence median-smoothing --set draws=1000 --limit 20',
      ),
    );
  command.action(async (options: Options) => {
    await withSession(environment, command, { workspace: 'existing' }, async (session) => {
      const runs = await findRuns(session.lab, options);
      const runIds = runs.map(({ id }) => id);
      const { side } = options;
      const defence = await chosenDefence(session, options);
      const { limit } = options;
      const { jobIds } = await session.lab.call('evaluate.start', {
        runIds,
        side,
        defence,
        limit,
      });
      await session.wait(jobIds);
      const table = defence ? 'defences' : 'clean';
      await printTables(session, [table], { runIds, side }, { scored: 'float' });
      session.next('attack fgsm');
    });
  });
};
export default verb;

/** @throws UsageError or LabError where the defence or a setting of it does not exist */
async function chosenDefence({ lab }: Session, { defence: id, on, set = [] }: Options) {
  const { defences } = await lab.call('catalogue.get', {});
  const defence = id === undefined ? undefined : findById('defence', defences, id);
  const given = parseSettings(set, { defence: defence?.params ?? [] });
  return defence && { defenceId: defence.id, params: given.defence, on };
}
