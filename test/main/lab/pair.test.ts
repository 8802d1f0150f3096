import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeWorker } from '../../helpers/fake-worker';
import { losses, startPair, storedLosses } from '../../helpers/pairs';
import { draftOf, jobIn, openTestLab, seedWorkspace, trainJobs } from '../../helpers/workspace';

describe('a pair', () => {
  it('is trained, measured, and stored as the worker computed it', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const { runIds } = await startPair(lab, seeded);
    const side = 'test' as const;
    const { jobIds } = await lab.call('evaluate.start', { runIds, side });
    const attack = { attackId: 'nudge', params: {}, run: {}, seed: 7, limit: 3 };
    const attacks = await lab.call('attack.start', { runIds, side, ...attack });
    const norms = await lab.call('norms.start', { runIds, side, params: {}, limit: null });
    for (const id of [...jobIds, ...attacks.jobIds, ...norms.jobIds]) await jobIn(lab, id, 'done');

    const [baseline, twin] = await Promise.all(runIds.map((id) => lab.call('run.get', { id })));
    expect(baseline).toMatchObject({
      state: 'done',
      epochsDone: 3,
      epochsTotal: 3,
      engine: 'wasm',
    });
    expect(baseline?.labScale).toEqual({ scale: 100, offset: 0 });
    expect(twin?.weightsSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await storedLosses(lab, runIds[0] ?? 0)).toEqual(losses(12));
    const study = await lab.call('study.load', { runIds, side });
    expect(study.runs.map((run) => run.scores?.rows.length)).toEqual([4, 4]);
    expect(study.runs.map((run) => run.attacks[0]?.rows.length)).toEqual([3, 3]);
    expect(study.runs.map((run) => run.norms?.rows.length)).toEqual([4, 4]);
  });

  it('differs in the NT block only', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const { runIds } = await startPair(lab, seeded);
    const [baseline, twin] = await Promise.all(runIds.map((id) => lab.call('run.get', { id })));
    expect(baseline?.spec).toEqual({ ...twin?.spec, nt: null });
    expect(twin?.spec.nt).toEqual({ lambda: 0.001, h: 0.01 });
    expect(twin?.name).toBe('Toy +NT');
  });

  it('locks its split', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    await startPair(lab, seeded);
    const [split] = await lab.call('split.list', { datasetId: seeded.datasetId });
    expect(split?.locked).toBe(true);
    await expect(lab.call('split.delete', { id: seeded.splitId })).rejects.toMatchObject({
      kind: 'conflict',
    });
  });

  it.each([
    [{ nt: { lambda: -1 } }, /lambda.*at least 0, got -1/],
    [{ trainer: { epoch: 3 } }, /no setting "epoch"/],
    [{ modelId: 'toi' }, /no model "toi"/],
    [{ trainer: { epochs: 1.5 } }, /whole number, got 1.5/],
    [{ seed: -1 }, /seed/],
    [{ name: '  ' }, /name is empty/],
  ])('with %j is refused by name and stores nothing', async (changes, message) => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const draft = draftOf(seeded, changes);
    await expect(lab.call('pair.create', { draft })).rejects.toThrow(message);
    expect(await lab.call('run.list', {})).toEqual([]);
    expect(await lab.call('job.list', {})).toEqual([]);
  });
});

describe('a payload', () => {
  it('holds checked absolute paths and ratings on the lab scale, side by side', async () => {
    const seeded = seedWorkspace();
    const worker = fakeWorker();
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const { baseline } = await startPair(lab, seeded);
    await jobIn(lab, baseline, 'done');
    const payload = worker.started[0]?.payload;
    if (payload?.kind !== 'train') throw new Error('the first job is a training');
    expect([payload.train.length, payload.validation.length, payload.selectOn.length]).toEqual([
      8, 4, 0,
    ]);
    // Scores are 0 to 15, the split's range too, so image n has 100 n / 15 (Eq. S17).
    expect(payload.train.map((image) => image.mos)).toEqual(
      [0, 1, 4, 5, 8, 9, 12, 13].map((score) => (100 * score) / 15),
    );
    expect(payload.train[1]?.path).toBe(join(seeded.path, '..', 'pictures', '1.png'));
  });

  it('hands over the test images when the checkpoint is chosen on them', async () => {
    const seeded = seedWorkspace();
    const worker = fakeWorker();
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const draft = draftOf(seeded, { trainer: { selection: 'test' } });
    const pair = await lab.call('pair.create', { draft });
    const [baseline] = await trainJobs(lab, pair);
    await jobIn(lab, baseline, 'done');
    expect(worker.started[0]?.payload).toMatchObject({ selection: 'test' });
    const payload = worker.started[0]?.payload;
    expect(payload?.kind === 'train' ? payload.selectOn.length : null).toBe(4);
  });

  it('is refused when pictures are missing, and the job goes on when they are back', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const pictures = join(seeded.path, '..', 'pictures');
    renameSync(join(pictures, '4.png'), join(pictures, 'elsewhere'));
    const { baseline } = await startPair(lab, seeded);
    const failed = await jobIn(lab, baseline, 'failed');
    expect(failed.error).toMatchObject({ kind: 'missing-file' });
    expect(failed.error?.message).toMatch(/1 of 8 images are missing.*4\.png/);
    renameSync(join(pictures, 'elsewhere'), join(pictures, '4.png'));
    await lab.call('job.resume', { id: baseline });
    await jobIn(lab, baseline, 'done');
  });
});
