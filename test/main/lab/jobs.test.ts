import { describe, expect, it } from 'vitest';
import { fakeWorker } from '../../helpers/fake-worker';
import { startPair, stepsOf } from '../../helpers/pairs';
import { jobIn, openTestLab, seedWorkspace } from '../../helpers/workspace';

describe('an attack batch', () => {
  it('that was stopped continues with the images that have no row yet', async () => {
    const seeded = seedWorkspace(64);
    const worker = fakeWorker({ stepMs: 2 });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const { runIds, twin } = await startPair(lab, seeded, 1);
    await jobIn(lab, twin, 'done');
    const attack = { attackId: 'nudge', params: {}, run: {}, seed: 7, limit: null };
    const batch = { runIds: runIds.slice(0, 1), side: 'test' as const, ...attack };
    const { jobIds } = await lab.call('attack.start', batch);
    const id = jobIds[0] ?? 0;
    await new Promise<void>((resolve) => {
      const end = lab.on('job.rows', () => {
        end();
        resolve();
      });
    });
    worker.die(1, null);
    await jobIn(lab, id, 'interrupted');
    const before = await lab.call('job.attacks', { id });
    expect(before.length).toBeGreaterThan(0);
    await lab.call('job.resume', { id });
    await jobIn(lab, id, 'done');
    const payload = worker.started.filter((job) => job.jobId === id)[1]?.payload;
    if (payload?.kind !== 'attack') throw new Error('the second start is the resumed attack');
    expect(payload.doneBefore).toBe(before.length);
    expect(payload.images).toHaveLength(16 - before.length);
    const all = await lab.call('job.attacks', { id });
    expect(all).toHaveLength(16);
    expect(all.slice(0, before.length)).toEqual(before);
  });
});

it('says that an engine cannot be had, fails the job with it, and runs it with another', async () => {
  const seeded = seedWorkspace();
  const engineError = { kind: 'engine' as const, message: 'no such device' };
  const lab = await openTestLab({
    workspaceDir: seeded.path,
    transport: fakeWorker({ engineError }).transport,
  });
  const { baseline } = await startPair(lab, seeded);
  const failed = await jobIn(lab, baseline, 'failed');
  expect(failed.error).toMatchObject(engineError);
  expect((await lab.call('engine.info', {})).error).toMatchObject(engineError);
});

it('changes the order of waiting jobs', async () => {
  const seeded = seedWorkspace();
  const lab = await openTestLab({
    workspaceDir: seeded.path,
    transport: fakeWorker({ stepMs: 5 }).transport,
  });
  const first = await startPair(lab, seeded, 100);
  const second = await startPair(lab, seeded, 101);
  await lab.call('job.move', { id: second.twin, before: first.twin });
  const jobs = await lab.call('job.list', {});
  expect(jobs.map((job) => job.id)).toEqual([
    first.baseline,
    second.twin,
    first.twin,
    second.baseline,
  ]);
});

it('says when a training continues on another engine', async () => {
  const seeded = seedWorkspace();
  const first = fakeWorker({ stepMs: 2 });
  const lab = await openTestLab({ workspaceDir: seeded.path, transport: first.transport });
  const { baseline, runIds } = await startPair(lab, seeded, 20);
  await stepsOf(lab, 10);
  await lab.close();
  const other = fakeWorker({
    alter: (message) =>
      message.type === 'engine' ? { ...message, info: { ...message.info, name: 'cpu' } } : message,
  });
  const again = await openTestLab({ workspaceDir: seeded.path, transport: other.transport });
  await again.call('job.resume', { id: baseline });
  await jobIn(again, baseline, 'done');
  const warnings = await again.call('run.warnings', { id: runIds[0] ?? 0 });
  expect(warnings.map((warning) => warning.code)).toEqual(['engine-changed']);
  expect(warnings[0]?.message).toMatch(/^trained on wasm up to step \d+ and on cpu from there$/);
});

it('leaves a job queued when the lab is closed while the engine is being loaded', async () => {
  const seeded = seedWorkspace();
  const worker = fakeWorker({ alter: (message) => (message.type === 'engine' ? null : message) });
  const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
  const { baseline } = await startPair(lab, seeded);
  await expect
    .poll(async () => (await lab.call('job.get', { id: baseline })).note)
    .toBe('loading the compute engine');
  await lab.close();
  const again = await openTestLab({ workspaceDir: seeded.path });
  await jobIn(again, baseline, 'done');
});
