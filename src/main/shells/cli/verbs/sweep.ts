import type { Catalogue } from '@shared/domain/catalogue';
import type { AttackChoice, GridRequest } from '@shared/domain/group';
import type { SweepRequest } from '@shared/domain/sweep';
import { defaultValues } from '@shared/params';
import { attackAt, combinations } from '@shared/sweep/combine';
import { attackChoices } from '../attack-choices';
import { batchOptions, type BatchOptions } from '../batch';
import { columns, duration } from '../columns';
import { draftOf, draftOptions, pairSettings, type DraftOptions } from '../draft';
import { UsageError } from '../environment';
import { findAttack, findModel, findRuns } from '../find';
import { integer } from '../parsers';
import { printTables } from '../print-tables';
import { withSession, type Session } from '../session';
import { parseVaried, type Varied } from '../vary';
import { collect, examples, type Verb } from '../verb';
import { printPlan } from './attack';
import { describeRun } from './train';

interface Options extends DraftOptions, BatchOptions {
  vary: string[];
  attack?: string[];
  limit?: number;
  scores: boolean;
  norms?: boolean;
  dryRun?: boolean;
}

const verb: Verb = (program, environment) => {
  const command = batchOptions(draftOptions(program.command('sweep')))
    .summary('vary settings: a pair or an attack at every combination')
    .description(
      'Varies settings of a pair (nt.lambda, nt.h, trainer.NAME, seed, ...), of attacks\n' +
        '(ATTACK.epsilon, run.NAME), or both: every pair at every combination of its values, and every\n' +
        'attack at every combination of its own on every run. Where no setting of a pair is varied, the\n' +
        'chosen runs are attacked. Values are lists (0,0.001,1/255), ranges FROM..TO:COUNT in equal\n' +
        'steps or FROM..TO:COUNT:log in equal ratios, or 1..5 for whole numbers. What exists already\n' +
        'with the same settings, data and weights is reused.',
    )
    .requiredOption('--vary <name=values>', 'a setting and its values; may be repeated', collect)
    .option('--attack <attack>', 'ATTACK or ATTACK:PRESET, on every run; may be repeated', collect)
    .option('--limit <n>', 'attack and measure only the first N pictures', integer(1))
    .option('--no-scores', 'do not score the pictures of newly trained runs')
    .option('--norms', 'measure the gradient norms of every run')
    .option('--dry-run', 'only say what it would do and about how long it takes')
    .addHelpText(
      'after',
      examples(
        'iqalab sweep --vary nt.lambda=0.0001..0.01:5:log --attack fgsm',
        'iqalab sweep --vary nt.h=0.001,0.01,0.1 --vary seed=1..3 --dry-run',
        'iqalab sweep --pair 1 --attack i-fgsm --vary i-fgsm.epsilon=1/255,2/255,4/255 --vary i-fgsm.steps=1,5,10',
      ),
    );
  command.action(async (options: Options) => {
    await withSession(environment, command, { workspace: 'existing' }, (session) =>
      sweep(session, options),
    );
  });
};
export default verb;

async function sweep(session: Session, options: Options): Promise<void> {
  const catalogue = await session.lab.call('catalogue.get', {});
  const ids = (options.attack ?? []).map((text) => text.split(':')[0] ?? '');
  const attackSettings = {
    ...Object.fromEntries(ids.map((id) => [id, findAttack(catalogue, id).params])),
    run: ids.length > 0 ? catalogue.attackRun : [],
  };
  const pair = pairSettings(findModel(catalogue, options.model), options.twin);
  const varied = parseVaried(options.vary, { ...pair, ...attackSettings });
  const ofAttacks = varied.filter(({ group }) => Object.hasOwn(attackSettings, group));
  const ofPairs = varied.filter((one) => !ofAttacks.includes(one));
  const set = options.set ?? [];
  const isAttack = (text: string) =>
    Object.keys(attackSettings).some((id) => text.startsWith(`${id}.`));
  const attacks = await expanded(session, catalogue, options, ofAttacks, set.filter(isAttack));
  if (ofPairs.length === 0) {
    await sweepAttacks(session, options, attacks);
    return;
  }
  const chosen = { ...options, set: set.filter((text) => !isAttack(text)) };
  const { draft } = await draftOf(session.lab, chosen, true);
  await sweepPairs(session, options, {
    name: '',
    draft,
    axes: ofPairs.map(({ group, axis }) =>
      group === 'seed' ? axis : { ...axis, setting: `${group}.${axis.setting}` },
    ),
    measures: {
      side: options.side,
      limit: options.limit ?? null,
      evaluate: options.scores,
      attacks,
      norms: options.norms ? defaultValues(catalogue.norms) : null,
    },
  });
}

/** Every attack at every combination of its own axes and those that all attacks share. */
async function expanded(
  { lab }: Session,
  catalogue: Catalogue,
  options: Options,
  varied: readonly Varied[],
  set: readonly string[],
): Promise<AttackChoice[]> {
  const given = options.attack ?? [];
  if (given.length === 0) return [];
  const { seed } = options;
  // With one attack its settings may be named without it, as `iqalab attack` does.
  const own = given.length === 1 ? set.map((text) => text.replace(/^(?!run\.)[^.=]+\./, '')) : set;
  const choices = await attackChoices(lab, catalogue, given, {
    seed,
    adaptive: true,
    set: [...own],
  });
  return choices.flatMap((choice) => {
    const axes = varied
      .filter(({ group }) => group === choice.attackId || group === 'run')
      .map(({ group, axis }) =>
        group === 'run' ? { ...axis, setting: `run.${axis.setting}` } : axis,
      );
    return combinations(axes).map((point) => attackAt(choice, point));
  });
}

async function sweepAttacks(
  session: Session,
  options: Options,
  attacks: AttackChoice[],
): Promise<void> {
  const { lab } = session;
  if (attacks.length === 0) {
    throw new UsageError('sweep: nothing is varied that is trained or attacked; name an --attack');
  }
  const runIds = (await findRuns(lab, options)).map(({ id }) => id);
  const { side, limit = null } = options;
  const request: GridRequest = { name: '', runIds, side, limit, attacks };
  if (options.dryRun) {
    await printPlan(session, request);
    return;
  }
  const { members } = await lab.call('grid.start', request);
  await session.wait(members.map(({ jobId }) => jobId));
  await printTables(session, ['robustness'], { runIds, side }, { scored: 'float' });
  session.next('figures');
}

async function sweepPairs(
  session: Session,
  options: Options,
  request: SweepRequest,
): Promise<void> {
  const { lab, terminal } = session;
  if (options.dryRun) {
    await printSweep(session, request);
    return;
  }
  const { name, members } = await lab.call('sweep.start', request);
  terminal.note(`${name}: ${members.length} jobs`);
  const jobs = await session.wait(members.map(({ jobId }) => jobId));
  const runIds = [...new Set(jobs.map(({ runId }) => runId))];
  for (const id of runIds) terminal.out(describeRun(await lab.call('run.get', { id })));
  if (request.measures.attacks.length > 0) {
    const selection = { runIds, side: options.side };
    await printTables(session, ['robustness'], selection, { scored: 'float' });
  }
  session.next('figures');
}

async function printSweep({ lab, terminal }: Session, request: SweepRequest): Promise<void> {
  const { jobs, pairs } = await lab.call('sweep.plan', request);
  const rows = jobs.map(({ label, runName, done, jobId, estimateMs }) => [
    runName,
    label,
    done ? 'kept' : jobId === null ? 'new' : 'continued',
    estimateMs === null ? 'not known' : done ? '-' : `about ${duration(estimateMs)}`,
  ]);
  for (const line of columns(['run', 'what', 'state', 'time left'], rows, 120)) terminal.out(line);
  const open = jobs.filter(({ done }) => !done);
  const known = open.flatMap(({ estimateMs }) => estimateMs ?? []);
  const total = known.reduce((sum, ms) => sum + ms, 0);
  const time =
    known.length < open.length
      ? `time not known: ${open.length - known.length} of them are the first of their kind here`
      : `about ${duration(total)}`;
  terminal.out(`${pairs} pairs, ${open.length} jobs to do, ${time}. Nothing was started.`);
}
