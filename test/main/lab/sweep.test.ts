import { describe, expect, it } from 'vitest';
import type { Lab } from '../../../src/main/lab';
import type { SweepRequest } from '../../../src/shared/domain/sweep';
import { groupView } from '../../../src/shared/group-view';
import { fakeWorker } from '../../helpers/fake-worker';
import { draftOf, jobIn, openTestLab, seedWorkspace, type Seeded } from '../../helpers/workspace';

const nudge = { attackId: 'nudge', params: { epsilon: 0.005 }, run: {}, seed: 7 };

function request(seeded: Seeded, changes: Partial<SweepRequest> = {}): SweepRequest {
  return {
    name: '',
    draft: draftOf(seeded, { trainer: { epochs: 1 } }),
    axes: [{ setting: 'nt.lambda', values: [0.1, 0.2, 0.4] }],
    measures: { side: 'test', limit: null, evaluate: true, attacks: [nudge], norms: null },
    ...changes,
  };
}

async function open(stepMs = 0) {
  const seeded = seedWorkspace();
  const worker = fakeWorker({ stepMs });
  const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
  return { seeded, lab };
}

async function finished(lab: Lab, members: readonly { jobId: number }[]) {
  return await Promise.all(members.map(({ jobId }) => jobIn(lab, jobId, 'done')));
}

describe('a sweep', () => {
  it('trains one baseline for all values of lambda and measures every run, as one group', async () => {
    const { seeded, lab } = await open();
    const plan = await lab.call('sweep.plan', request(seeded));
    expect(plan.pairs).toBe(3);
    // One baseline and three twins, each trained, scored and attacked.
    expect(plan.jobs.map(({ kind }) => kind)).toEqual(
      Array.from({ length: 4 }, () => ['train', 'evaluate', 'attack']).flat(),
    );
    expect(plan.jobs.every(({ jobId, estimateMs }) => jobId === null && estimateMs === null)).toBe(
      true,
    );
    const group = await lab.call('sweep.start', request(seeded));
    expect(group).toMatchObject({ kind: 'sweep', name: 'Toy, 3 values of lambda', unit: 'jobs' });
    const jobs = await finished(lab, group.members);
    // The first pair with its measures comes before the second.
    expect(jobs.map(({ kind }) => kind)).toEqual([
      ...['train', 'train', 'evaluate', 'attack', 'evaluate', 'attack'],
      ...['train', 'evaluate', 'attack'],
      ...['train', 'evaluate', 'attack'],
    ]);
    const pairs = (await lab.call('pair.list', {})).reverse();
    expect(new Set(pairs.map(({ baselineRunId }) => baselineRunId)).size).toBe(1);
    expect(pairs.map(({ name }) => name)).toEqual([
      'Toy, lambda 0.1',
      'Toy, lambda 0.2',
      'Toy, lambda 0.4',
    ]);
    const twins = await Promise.all(pairs.map(({ ntRunId: id }) => lab.call('run.get', { id })));
    expect(twins.map(({ spec }) => spec.nt?.['lambda'])).toEqual([0.1, 0.2, 0.4]);
    const baseline = await lab.call('run.get', { id: pairs[0]?.baselineRunId ?? 0 });
    expect(baseline.name).toBe('Toy');
    const view = groupView(group, (id) => jobs.find((job) => job.id === id));
    expect(view).toMatchObject({ state: 'done', done: 12, total: 12, jobsDone: 12 });
  });

  it('reuses the runs, scores and attacks that exist, and adds what is new', async () => {
    const { seeded, lab } = await open();
    const first = await lab.call('sweep.start', request(seeded));
    await finished(lab, first.members);
    const wider = request(seeded, {
      axes: [{ setting: 'nt.lambda', values: [0.2, 0.8] }],
    });
    const plan = await lab.call('sweep.plan', wider);
    expect(plan.jobs.filter(({ done }) => done)).toHaveLength(6);
    // Timed by the first sweep.
    const fresh = plan.jobs.filter(({ done }) => !done);
    expect(fresh.map(({ kind }) => kind)).toEqual(['train', 'evaluate', 'attack']);
    expect(fresh.every(({ estimateMs }) => estimateMs !== null)).toBe(true);
    const group = await lab.call('sweep.start', wider);
    await finished(lab, group.members);
    expect(await lab.call('job.list', {})).toHaveLength(15);
    expect(await lab.call('pair.list', {})).toHaveLength(4);
    const again = await lab.call('sweep.start', wider);
    expect(again).toEqual(group);
    expect(await lab.call('group.list', {})).toHaveLength(2);
    expect(await lab.call('job.list', {})).toHaveLength(15);
  });

  it('over seeds makes repeats of one pair, which later seeds join', async () => {
    const { seeded, lab } = await open();
    const over = (...seeds: number[]) =>
      request(seeded, { axes: [{ setting: 'seed', values: seeds }] });
    await lab.call('sweep.start', over(1, 2));
    await lab.call('sweep.start', over(2, 3));
    const pairs = await lab.call('pair.list', {});
    expect(pairs.map(({ name }) => name)).toEqual(['Toy, seed 3', 'Toy, seed 2', 'Toy, seed 1']);
    expect(new Set(pairs.map(({ series }) => series?.id)).size).toBe(1);
    expect(pairs[0]?.series).toMatchObject({ over: 'seeds', name: 'Toy' });
  });

  it('is paused and resumed as one', async () => {
    const { seeded, lab } = await open(20);
    const { id, members } = await lab.call('sweep.start', request(seeded));
    const [first] = members;
    if (!first) throw new Error('a sweep has jobs');
    await jobIn(lab, first.jobId, 'running');
    await lab.call('group.pause', { id });
    await jobIn(lab, first.jobId, 'paused');
    const held = await lab.call('job.list', {});
    expect(held.some(({ state }) => state === 'running')).toBe(false);
    await lab.call('group.resume', { id });
    await finished(lab, members);
  });

  it('stores nothing where one of its pairs or measures is refused', async () => {
    const { seeded, lab } = await open();
    const refused = [
      request(seeded, { axes: [{ setting: 'nt.lambda', values: [0.1, -1] }] }),
      request(seeded, { axes: [{ setting: 'nt.lamda', values: [0.1] }] }),
      request(seeded, { axes: [{ setting: 'speed', values: [1] }] }),
      request(seeded, {
        measures: { ...request(seeded).measures, attacks: [nudge, nudge] },
      }),
      request(seeded, { measures: { ...request(seeded).measures, limit: 0 } }),
    ];
    for (const wrong of refused) {
      await expect(lab.call('sweep.start', wrong)).rejects.toMatchObject({ kind: 'bad-input' });
    }
    expect(await lab.call('pair.list', {})).toEqual([]);
    expect(await lab.call('job.list', {})).toEqual([]);
    expect(await lab.call('group.list', {})).toEqual([]);
  });
});
