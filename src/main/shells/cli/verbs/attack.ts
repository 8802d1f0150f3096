import type { GridRequest } from '@shared/domain/group';
import { attackChoices, type AttackOptions } from '../attack-choices';
import { columns, duration } from '../columns';
import { findRuns } from '../find';
import { integer } from '../parsers';
import { printTables } from '../print-tables';
import { withSession, type Session } from '../session';
import { collect, examples, type Verb } from '../verb';
import { batchOptions, type BatchOptions } from '../batch';

interface Options extends BatchOptions, AttackOptions {
  limit?: number;
  dryRun?: boolean;
}

const verb: Verb = (program, environment) => {
  const command = batchOptions(program.command('attack <attack...>'))
    .summary('attack trained runs')
    .description(
      'Attacks every picture of one side. Rows are stored as they finish, so a stopped attack\n' +
        'continues where it was. The settings of an attack are listed by: iqalab attacks <attack>.\n' +
        'Several attacks (each ATTACK or ATTACK:PRESET) on the chosen runs are one piece of work, a\n' +
        'grid; what was attacked before with the same settings is not attacked again.',
    )
    .option('--preset <id>', 'a named set of values, applied over the defaults')
    .option('--seed <n>', 'seed', integer(0), 1)
    .option('--limit <n>', 'only the first N pictures', integer(1))
    .option('--traces <n>', 'record every step of N pictures, spread over the ratings', integer(0))
    .option('--defence <id>', 'attack the model behind this defence (see: iqalab defences)')
    .option('--no-adaptive', 'make the attack against the bare model, as if it did not know')
    .option('--dry-run', 'only say what a grid would do and about how long it takes')
    .option(
      '--set <name=value>',
      'a setting of the attack, run.NAME or defence.NAME; ATTACK.NAME with several; may be repeated',
      collect,
    )
    .addHelpText(
      'after',
      examples(
        'iqalab attack fgsm',
        'iqalab attack i-fgsm --set epsilon=0.01 --set steps=10 --traces 4',
        'iqalab attack fgsm --defence jpeg --set defence.quality=70',
        'iqalab attack fgsm --set epsilon=1/255 --set run.unit=image --limit 50',
        'iqalab attack fgsm i-fgsm:paper-01 i-fgsm:paper-03 --pair 1 --pair 2 --dry-run',
      ),
    );
  command.action(async (attacks: string[], options: Options) => {
    await withSession(environment, command, { workspace: 'existing' }, (session) =>
      attack(session, attacks, options),
    );
  });
};
export default verb;

async function attack(session: Session, given: readonly string[], options: Options): Promise<void> {
  const { lab } = session;
  const catalogue = await lab.call('catalogue.get', {});
  const choices = await attackChoices(lab, catalogue, given, options);
  const runIds = (await findRuns(lab, options)).map(({ id }) => id);
  const { side } = options;
  const limit = options.limit ?? null;
  const request: GridRequest = { name: '', runIds, side, limit, attacks: choices };
  if (options.dryRun) {
    await printPlan(session, request);
    return;
  }
  const jobIds = await started(session, request);
  await session.wait(jobIds);
  const selection = { runIds, side };
  const study = await lab.call('study.load', selection);
  const mine = study.runs
    .flatMap(({ attacks }) => attacks)
    .find(({ jobId }) => jobIds.includes(jobId));
  const shown = choices.length > 1 ? undefined : mine?.label;
  const table = options.defence === undefined ? 'robustness' : 'defences';
  await printTables(session, [table], selection, { scored: 'float', attack: shown });
  session.next('norms');
}

/** One attack is a batch on each run; several are a group. */
async function started({ lab }: Session, request: GridRequest): Promise<number[]> {
  const [only, ...others] = request.attacks;
  if (only && others.length === 0) {
    const { runIds, side, limit } = request;
    return (await lab.call('attack.start', { runIds, side, limit, ...only })).jobIds;
  }
  return (await lab.call('grid.start', request)).members.map(({ jobId }) => jobId);
}

/** What a grid would do, cell by cell, and how long it takes. */
export async function printPlan({ lab, terminal }: Session, request: GridRequest): Promise<void> {
  const { cells } = await lab.call('grid.plan', request);
  const runs = new Map((await lab.call('run.list', {})).map((run) => [run.id, run.name]));
  const rows = cells.map(({ label, runId, images, done, estimateMs }) => [
    label,
    runs.get(runId) ?? String(runId),
    `${done} of ${images}`,
    estimateMs === null ? 'not known' : estimateMs === 0 ? '-' : `about ${duration(estimateMs)}`,
  ]);
  for (const line of columns(['attack', 'run', 'done', 'time left'], rows)) terminal.out(line);
}
