import { describe, expect, it } from 'vitest';
import type { Lab } from '../../../src/main/lab';
import { fakeWorker } from '../../helpers/fake-worker';
import { draftOf, jobIn, openTestLab, seedWorkspace, trainJobs } from '../../helpers/workspace';

const side = 'test' as const;
const nudge = { side, attackId: 'nudge', params: {}, run: {}, seed: 0, limit: null };

async function trainedPair(options: Parameters<typeof openTestLab>[0] = {}) {
  const seeded = seedWorkspace();
  const lab = await openTestLab({ workspaceDir: seeded.path, ...options });
  const pair = await lab.call('pair.create', { draft: draftOf(seeded) });
  await jobIn(lab, (await trainJobs(lab, pair))[1], 'done');
  return { lab, seeded, pair, runIds: [pair.baselineRunId, pair.ntRunId] };
}

async function finished(lab: Lab, start: Promise<{ jobIds: number[] }>): Promise<number[]> {
  const { jobIds } = await start;
  for (const id of jobIds) await jobIn(lab, id, 'done');
  return jobIds;
}

describe('a study', () => {
  it('holds images, ratings on the lab scale, curves and what the run was made of', async () => {
    const { lab, runIds, pair } = await trainedPair();
    const study = await lab.call('study.load', { runIds, side });
    expect(study.pairs).toEqual([pair]);
    expect(study.runs.map((run) => run.run.id)).toEqual(runIds);
    const [baseline] = study.runs;
    expect(baseline).toMatchObject({
      modelTitle: 'Toy',
      slot: 0,
      scores: null,
      norms: null,
      attacks: [],
    });
    // Every fourth of 16 images from the fourth is a test image; scores run from 0 to 15.
    expect(baseline?.images.map((image) => image.rawScore)).toEqual([3, 7, 11, 15]);
    expect(baseline?.images.map((image) => image.mos)).toEqual(
      [3, 7, 11, 15].map((score) => (100 * score) / 15),
    );
    expect(baseline?.steps).toHaveLength(12);
    expect(baseline?.epochs).toHaveLength(3);
  });

  it('takes the newest complete evaluation, and a partial one only where there is no other', async () => {
    const worker = fakeWorker({ stepMs: 10 });
    const { lab, runIds } = await trainedPair({ transport: worker.transport });
    const [id = 0] = runIds;
    const partial = await lab.call('evaluate.start', { runIds: [id], side });
    await new Promise<void>((resolve) => {
      const end = lab.on('job.rows', () => {
        end();
        resolve();
      });
    });
    await lab.call('job.stop', { id: partial.jobIds[0] ?? 0 });
    await jobIn(lab, partial.jobIds[0] ?? 0, 'interrupted');
    const before = await lab.call('study.load', { runIds: [id], side });
    expect(before.runs[0]?.scores).toMatchObject({ jobId: partial.jobIds[0], complete: false });
    const [whole] = await finished(lab, lab.call('evaluate.start', { runIds: [id], side }));
    const third = await lab.call('evaluate.start', { runIds: [id], side });
    await new Promise<void>((resolve) => {
      const end = lab.on('job.rows', () => {
        end();
        resolve();
      });
    });
    const after = await lab.call('study.load', { runIds: [id], side });
    expect(after.runs[0]?.scores).toMatchObject({ jobId: whole, complete: true });
    await jobIn(lab, third.jobIds[0] ?? 0, 'done');
  });

  it('keeps one batch per description, the newest, and tells seeds apart in the label', async () => {
    const { lab, runIds } = await trainedPair();
    const start = (changes: object) =>
      finished(lab, lab.call('attack.start', { runIds, ...nudge, ...changes }));
    await start({});
    const again = await start({});
    await start({ seed: 9 });
    await start({ params: { epsilon: 0.01 } });
    await start({ limit: 2 });
    const study = await lab.call('study.load', { runIds, side });
    const [baseline, twin] = study.runs;
    expect(baseline?.attacks.map((attack) => attack.label)).toEqual([
      'Nudge, epsilon 0.005, seed 0',
      'Nudge, epsilon 0.005, seed 9',
      'Nudge, epsilon 0.01',
      'Nudge, epsilon 0.005, first 2 images',
    ]);
    expect(twin?.attacks.map((attack) => attack.label)).toEqual(
      baseline?.attacks.map((attack) => attack.label),
    );
    expect(baseline?.attacks[0]?.jobId).toBe(again[0]);
  });

  it('of another side holds other images and nothing measured on this one', async () => {
    const { lab, runIds } = await trainedPair();
    await finished(lab, lab.call('attack.start', { runIds, ...nudge }));
    const study = await lab.call('study.load', { runIds, side: 'validation' });
    expect(study.runs[0]?.attacks).toEqual([]);
    expect(study.runs[0]?.images.map((image) => image.rawScore)).toEqual([2, 6, 10, 14]);
  });

  it('of a run that does not exist is refused', async () => {
    const { lab } = await trainedPair();
    const missing = lab.call('study.load', { runIds: [77], side });
    await expect(missing).rejects.toMatchObject({ kind: 'not-found' });
  });
});
