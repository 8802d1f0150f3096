import { canonical } from '@shared/canonical';
import type { AttackInfo } from '@shared/domain/catalogue';
import type { AttackChoice, GridRequest } from '@shared/domain/group';
import type { AttackSpec, Job } from '@shared/domain/run';
import { must } from '@shared/errors';
import { checkValues } from '@shared/params';
import { attackFiles, readsFiles } from '@shared/weights/attack-files';
import { chooseDefence } from '../jobs/choose-defence';
import { allWeights, withChosenFiles } from '../weights/find-by-name';
import { byId } from './by-id';
import type { Context } from './context';
import { currentJobs, ensureBatch } from './job-steps';
import { plannedDefence } from './planned-defence';
import { variedAttacks } from './sweep-steps';
import { withFitted } from './with-fitted';

type Planned = Context['plan']['attacks'][number];

/** A planned attack with every setting filled in. */
interface Ready {
  /** What the lab is asked for. */
  readonly choice: AttackChoice;
  /** What it makes of that: one job per run. */
  readonly specs: readonly AttackSpec[];
  readonly side: Planned['side'];
  readonly limit: number | null;
  /** What is told of it. */
  readonly text: string;
}

/**
 * Attacks every run as planned. Attacks on the same pictures are one piece of work, as on the Attack page: held,
 * stopped and resumed together.
 * @returns for every planned attack its jobs, in the order of its varied values and then of `runIds`
 */
export async function ensureAttacks(
  context: Context,
  runIds: readonly number[],
): Promise<(readonly number[])[]> {
  const varied = context.plan.attacks.map((planned) => variedAttacks(context, planned));
  const ready: Ready[] = [];
  for (const planned of varied.flat()) ready.push(await completed(context, runIds, planned));
  for (const together of bySide(ready)) {
    const [only, ...others] = together;
    if (only && others.length === 0) await ensureOne(context, only);
    else await ensureGrid(context, runIds, together);
  }
  const jobs = await Promise.all(
    ready.map(async ({ specs }) =>
      (await currentJobs(context, specs)).map((job) => must(job, 'just finished').id),
    ),
  );
  return varied.map(({ length }) => jobs.splice(0, length).flat());
}

async function completed(
  context: Context,
  runIds: readonly number[],
  planned: Planned,
): Promise<Ready> {
  const { lab, plan, catalogue } = context;
  const info: AttackInfo = byId('attack', catalogue.attacks, planned.attack);
  const preset =
    planned.preset === undefined ? {} : byId('preset', info.presets, planned.preset).params;
  const { side, limit } = planned;
  const given = withFitted(context, info.params, { ...preset, ...planned.params });
  const named = await withChosenFiles(lab, info.params, given);
  const params = checkValues(info.title, info.params, named);
  const files = readsFiles(info) ? attackFiles(info, params, await allWeights(lab)).files : [];
  const defence = planned.defence && {
    ...plannedDefence(catalogue, planned.defence),
    adaptive: planned.defence.adaptive,
  };
  const common = {
    attackId: info.id,
    params,
    run: checkValues('run', catalogue.attackRun, planned.run),
    seed: planned.seed ?? plan.seed,
    ...(planned.traces !== undefined && { traces: planned.traces }),
  };
  const specs = runIds.map((runId): AttackSpec => ({
    kind: 'attack',
    runId,
    side,
    limit,
    attackVersion: info.version,
    ...common,
    ...(files.length > 0 && { files: [...files] }),
    ...(defence && {
      defence: { ...chooseDefence(catalogue, defence), adaptive: defence.adaptive },
    }),
    ...(info.control && { control: true }),
  }));
  const behind = defence ? ` behind ${defence.defenceId}` : '';
  const text = `attacked the ${side} pictures with ${info.title}${behind}`;
  return { choice: { ...common, ...(defence && { defence }) }, specs, side, limit, text };
}

/** Attacks on the same pictures stand together, in the order of the plan. */
function bySide(ready: readonly Ready[]): Ready[][] {
  const parts = new Map<string, Ready[]>();
  for (const each of ready) {
    const key = canonical([each.side, each.limit]);
    parts.set(key, [...(parts.get(key) ?? []), each]);
  }
  return [...parts.values()];
}

async function ensureOne(
  context: Context,
  { choice, specs, side, limit, text }: Ready,
): Promise<void> {
  const outcome = await ensureBatch(context, specs, (runIds) =>
    context.lab.call('attack.start', { runIds, side, limit, ...choice }),
  );
  context.narrator.step(outcome, text);
}

async function ensureGrid(
  context: Context,
  runIds: readonly number[],
  together: readonly Ready[],
): Promise<void> {
  const { narrator } = context;
  const before = await Promise.all(together.map(({ specs }) => currentJobs(context, specs)));
  const all = before.flat();
  const [first] = together;
  if (first && all.some((job) => job?.state !== 'done')) {
    const { side, limit } = first;
    await startOrResume(context, { runIds: [...runIds], side, limit }, together, all);
  }
  for (const [i, { specs, text }] of together.entries()) {
    const jobs = await currentJobs(context, specs);
    await context.wait(jobs.map((job) => must(job, 'just started').id));
    const known = before[i] ?? [];
    const existed = known.every((job) => job !== undefined);
    const open = known.some((job) => job?.state !== 'done');
    narrator.step(existed ? (open ? 'continued' : 'reused') : 'done', text);
  }
}

/** Goes on with the group that an earlier call made of exactly these jobs, or binds them into one. */
async function startOrResume(
  { lab, plan }: Context,
  request: Pick<GridRequest, 'runIds' | 'side' | 'limit'>,
  together: readonly Ready[],
  known: readonly (Job | undefined)[],
): Promise<void> {
  const ids = new Set(known.map((job) => job?.id));
  const groups = await lab.call('group.list', {});
  const group = groups.find(
    ({ kind, members }) =>
      kind === 'attack-grid' &&
      members.length === ids.size &&
      members.every(({ jobId }) => ids.has(jobId)),
  );
  if (group) {
    await lab.call('group.resume', { id: group.id });
    return;
  }
  // The same attack planned twice is one attack.
  const choices = new Map(together.map(({ choice }) => [canonical(choice), choice]));
  await lab.call('grid.start', {
    name: `${plan.name}, ${request.side} pictures`,
    ...request,
    attacks: [...choices.values()],
  });
}
