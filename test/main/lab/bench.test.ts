import { describe, expect, it } from 'vitest';
import { PixelShelf } from '../../../src/main/bench/pixel-shelf';
import type { Lab } from '../../../src/main/lab';
import type { BenchAsk } from '../../../src/shared/domain/bench';
import { fakeWorker, type FakeWorkerOptions } from '../../helpers/fake-worker';
import { startPair } from '../../helpers/pairs';
import { jobIn, openTestLab, seedWorkspace, type Seeded } from '../../helpers/workspace';

async function trainedLab(options: FakeWorkerOptions = {}) {
  const seeded = seedWorkspace();
  const worker = fakeWorker(options);
  const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
  const { runIds, twin } = await startPair(lab, seeded, 1);
  await jobIn(lab, twin, 'done');
  return { seeded, worker, lab, ask: await askFor(lab, seeded, runIds[0] ?? 0) };
}

async function askFor(lab: Lab, { datasetId }: Seeded, runId: number): Promise<BenchAsk> {
  const [image] = await lab.call('dataset.images', { datasetId, offset: 3, limit: 1 });
  const attack = { attackId: 'nudge', params: {}, run: {}, seed: 7 };
  return { ...attack, window: 'one', runId, imageId: image?.id ?? 0, scope: 'preview' };
}

/** Never answers a question, so that it can only be cancelled. */
const mute: FakeWorkerOptions = {
  alter: (message) => (message.type === 'bench-answer' ? null : message),
};

describe('the bench', () => {
  it('attacks one picture in a process of its own and hands out its pixels', async () => {
    const { lab, worker, ask } = await trainedLab();
    const phases: string[] = [];
    lab.on('bench.phase', ({ phase }) => phases.push(phase));
    const jobs = await lab.call('job.list', {});
    const answer = await lab.call('bench.run', ask);
    expect(worker.spawned).toBe(2);
    expect(phases).toEqual(['starting', 'attacking']);
    const [asked] = worker.asked;
    expect(asked?.payload.image.id).toBe(ask.imageId);
    // Picture 3 of ratings 0 to 15, on the lab scale.
    expect(asked?.payload.image.mos).toBe(20);
    // What the fake worker makes of a rating of 20.
    expect(answer.row.clean).toBe(20.5);
    const clean = await lab.media('bench', answer.cleanId);
    expect(clean && 'buffer' in clean && [...clean.buffer]).toEqual([10, 20, 30]);
    const attacked = await lab.media('bench', answer.attackedId);
    const bytes = attacked && 'buffer' in attacked ? attacked.buffer : new Uint8Array();
    expect([...new Float32Array(Uint8Array.from(bytes).buffer)]).toEqual([0.25, 0.5, 0.75]);
    // Nothing was queued and nothing stored.
    expect(await lab.call('job.list', {})).toEqual(jobs);
  });

  it('drops the older question of a window for a newer one, and frees its caller at once', async () => {
    let answers = 0;
    const { lab, worker, ask } = await trainedLab({
      alter: (message) => (message.type === 'bench-answer' && answers++ === 0 ? null : message),
    });
    const older = lab.call('bench.run', ask);
    older.catch(() => undefined);
    await expect.poll(() => worker.asked.length).toBe(1);
    const newer = lab.call('bench.run', { ...ask, params: { epsilon: 0.02 } });
    await expect(older).rejects.toMatchObject({ kind: 'cancelled' });
    expect((await newer).row.imageId).toBe(ask.imageId);
    expect(worker.cancelled).toEqual([worker.asked[0]?.requestId]);
  });

  it('answers two windows beside each other', async () => {
    const { lab, ask } = await trainedLab();
    const both = [ask, { ...ask, window: 'two' }].map((one) => lab.call('bench.run', one));
    expect(await Promise.all(both)).toHaveLength(2);
  });

  it('stops when it is told to', async () => {
    const { lab, worker, ask } = await trainedLab(mute);
    const asked = lab.call('bench.run', ask);
    asked.catch(() => undefined);
    await expect.poll(() => worker.asked.length).toBe(1);
    await lab.call('bench.stop', { window: 'one' });
    await expect(asked).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it('refuses a run that is not trained before it starts anything', async () => {
    const seeded = seedWorkspace();
    const worker = fakeWorker({ stepMs: 50 });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const { runIds } = await startPair(lab, seeded, 100);
    const ask = await askFor(lab, seeded, runIds[0] ?? 0);
    await expect(lab.call('bench.run', ask)).rejects.toThrow('is not trained yet');
    await expect(lab.call('bench.run', { ...ask, seed: -1 })).rejects.toThrow('seed');
    expect(worker.asked).toEqual([]);
  });

  it('says why when its process dies, and starts another for the next question', async () => {
    let muted = true;
    const { lab, worker, ask } = await trainedLab({
      alter: (message) => (muted && message.type === 'bench-answer' ? null : message),
    });
    const asked = lab.call('bench.run', ask);
    asked.catch(() => undefined);
    await expect.poll(() => worker.asked.length).toBe(1);
    worker.die(null, 'SIGKILL');
    await expect(asked).rejects.toMatchObject({ kind: 'worker-died' });
    muted = false;
    await lab.call('bench.run', ask);
    expect(worker.spawned).toBe(3);
  });

  it('forgets its pictures with the workspace', async () => {
    const { lab, ask } = await trainedLab();
    const { cleanId } = await lab.call('bench.run', ask);
    await lab.call('workspace.close', {});
    expect(await lab.media('bench', cleanId)).toBeNull();
  });
});

describe('the shelf of pixels', () => {
  it('gives up the oldest when it is full, and keeps the newest whatever its size', () => {
    const shelf = new PixelShelf(10);
    shelf.put('a', new Uint8Array(6));
    shelf.put('b', new Uint8Array(4));
    expect(shelf.get('a')?.length).toBe(6);
    shelf.put('c', new Float32Array(1));
    expect([shelf.get('a'), shelf.get('b')?.length, shelf.get('c')?.length]).toEqual([null, 4, 4]);
    shelf.put('d', new Uint8Array(99));
    expect([shelf.get('b'), shelf.get('c'), shelf.get('d')?.length]).toEqual([null, null, 99]);
  });
});
