import { describe, expect, it } from 'vitest';
import type { Lab } from '../../../src/main/lab';
import { spreadOverRatings } from '../../../src/main/jobs/payload';
import type { GridRequest } from '../../../src/shared/domain/group';
import type { Job } from '../../../src/shared/domain/run';
import { groupView } from '../../../src/shared/group-view';
import { fakeWorker } from '../../helpers/fake-worker';
import { startPair } from '../../helpers/pairs';
import { jobIn, openTestLab, seedWorkspace } from '../../helpers/workspace';

/** Two strengths of the toy attack. */
const attacks = [0.005, 0.01].map((epsilon) => ({
  attackId: 'nudge',
  params: { epsilon },
  run: {},
  seed: 7,
}));

function request(runIds: number[], changes: Partial<GridRequest> = {}): GridRequest {
  return { name: '', runIds, side: 'test', limit: null, attacks, ...changes };
}

async function trained(images: number, stepMs = 0) {
  const seeded = seedWorkspace(images);
  const worker = fakeWorker({ stepMs });
  const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
  const { runIds, twin } = await startPair(lab, seeded, 1);
  await jobIn(lab, twin, 'done');
  return { lab, worker, runIds };
}

async function viewOf(lab: Lab, id: number) {
  const group = await lab.call('group.get', { id });
  const jobs = new Map((await lab.call('job.list', {})).map((job) => [job.id, job]));
  return groupView(group, (jobId) => jobs.get(jobId));
}

const settled = (lab: Lab, ids: readonly number[]): Promise<Job[]> =>
  Promise.all(ids.map((id) => jobIn(lab, id, 'done')));

it('traces the same images whatever is done: from the lowest rated to the highest', () => {
  const images = [5, 3, 9, 1, 7].map((mos, id) => ({ id, mos }));
  expect(spreadOverRatings(images, 3)).toEqual([3, 0, 2]);
  expect(spreadOverRatings(images, 1)).toEqual([0]);
  expect(spreadOverRatings(images, 9)).toEqual([3, 1, 0, 4, 2]);
  expect(spreadOverRatings(images, 0)).toEqual([]);
});

describe('a grid of attacks', () => {
  it('queues every attack on every run as one group, twins side by side', async () => {
    const { lab, runIds } = await trained(16);
    const group = await lab.call('grid.start', request(runIds));
    expect(group).toMatchObject({
      kind: 'attack-grid',
      name: '2 attacks on 2 runs, test pictures',
      unit: 'images',
    });
    const jobs = await settled(
      lab,
      group.members.map(({ jobId }) => jobId),
    );
    expect(jobs.map((job) => job.runId)).toEqual([...runIds, ...runIds]);
    expect(
      jobs.map(({ spec }) => (spec.kind === 'attack' ? spec.params['epsilon'] : null)),
    ).toEqual([0.005, 0.005, 0.01, 0.01]);
    // A quarter of 16 images is the test side.
    expect(await viewOf(lab, group.id)).toMatchObject({ state: 'done', done: 16, total: 16 });
    expect(await lab.call('group.list', {})).toEqual([group]);
    const numbers = await lab.call('group.numbers', { id: group.id });
    expect(numbers.map(({ jobId, images }) => [jobId, images])).toEqual(
      group.members.map(({ jobId }) => [jobId, 4]),
    );
    const rows = await lab.call('job.attacks', { id: group.members[0]?.jobId ?? 0 });
    const changes = rows.map((row) => Math.abs(row.attackedFloat - row.clean));
    const mean = changes.reduce((sum, value) => sum + value, 0) / changes.length;
    expect(numbers[0]?.meanChange).toBeCloseTo(mean, 12);
  });

  it('reuses a cell that was attacked before and adds the ones that were not', async () => {
    const { lab, runIds } = await trained(16);
    const [first] = attacks;
    if (!first) throw new Error('two attacks');
    const batch = { runIds: runIds.slice(0, 1), side: 'test' as const, limit: null };
    const { jobIds } = await lab.call('attack.start', { ...batch, ...first });
    await settled(lab, jobIds);
    const plan = await lab.call('grid.plan', request(runIds));
    expect(plan.cells.map(({ done, jobId }) => [done, jobId])).toEqual([
      [4, jobIds[0]],
      [0, null],
      [0, null],
      [0, null],
    ]);
    expect(plan.cells[0]?.estimateMs).toBe(0);
    // The toy attack says that each picture took it 1 ms.
    expect(plan.cells[3]?.estimateMs).toBeGreaterThan(0);
    const group = await lab.call('grid.start', request(runIds));
    expect(group.members[0]?.jobId).toBe(jobIds[0]);
    expect((await lab.call('job.list', {})).filter(({ kind }) => kind === 'attack')).toHaveLength(
      4,
    );
  });

  it('is stopped and resumed as one; pictures that were done are not attacked again', async () => {
    const { lab, worker, runIds } = await trained(64, 2);
    const group = await lab.call('grid.start', request(runIds));
    const ids = group.members.map(({ jobId }) => jobId);
    await new Promise<void>((resolve) => {
      const end = lab.on('job.rows', ({ id }) => {
        if (id !== ids[0]) return;
        end();
        resolve();
      });
    });
    await lab.call('group.stop', { id: group.id });
    await jobIn(lab, ids[0] ?? 0, 'interrupted', 'done');
    const stopped = await viewOf(lab, group.id);
    expect(stopped.jobs.filter(({ state }) => state === 'running' || state === 'queued')).toEqual(
      [],
    );
    const before = (await lab.call('job.attacks', { id: ids[0] ?? 0 })).length;
    expect(before).toBeGreaterThan(0);
    await lab.call('group.resume', { id: group.id });
    await settled(lab, ids);
    const again = worker.started.findLast(({ jobId }) => jobId === ids[0])?.payload;
    if (again?.kind !== 'attack') throw new Error('the first cell is an attack');
    expect(again.images.length + again.doneBefore).toBe(16);
    expect(again.doneBefore === before || before === 16).toBe(true);
    expect(await viewOf(lab, group.id)).toMatchObject({ state: 'done', done: 64 });
  });

  it('is paused and cancelled as one', async () => {
    const { lab, runIds } = await trained(64, 2);
    const group = await lab.call('grid.start', request(runIds));
    const ids = group.members.map(({ jobId }) => jobId);
    await jobIn(lab, ids[0] ?? 0, 'running');
    await lab.call('group.pause', { id: group.id });
    await jobIn(lab, ids[0] ?? 0, 'paused');
    expect((await viewOf(lab, group.id)).jobs.map(({ state }) => state)).toEqual(
      Array(4).fill('paused'),
    );
    await lab.call('group.cancel', { id: group.id });
    for (const id of ids) await jobIn(lab, id, 'cancelled');
  });

  it('refuses one attack twice with the same settings, and queues nothing', async () => {
    const { lab, runIds } = await trained(16);
    const twice = request(runIds, { attacks: [...attacks, ...attacks.slice(0, 1)] });
    await expect(lab.call('grid.start', twice)).rejects.toThrow(/chosen twice/);
    expect((await lab.call('job.list', {})).every(({ kind }) => kind === 'train')).toBe(true);
    expect(await lab.call('group.list', {})).toEqual([]);
  });
});
