import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Lab } from '../../../src/main/lab';
import { fakeLoss, fakeWorker } from '../../helpers/fake-worker';
import type { Seeded } from '../../helpers/workspace';
import { draftOf, jobIn, openTestLab, seedWorkspace, trainJobs } from '../../helpers/workspace';

/** Resolves once a run has stored at least this many steps. */
function stepsOf(lab: Lab, atLeast: number): Promise<void> {
  return new Promise((resolve) => {
    const end = lab.on('run.steps', ({ steps }) => {
      if ((steps.at(-1)?.step ?? 0) < atLeast) return;
      end();
      resolve();
    });
  });
}

async function startPair(lab: Lab, seeded: Seeded, epochs = 3) {
  const pair = await lab.call('pair.create', { draft: draftOf(seeded, { trainer: { epochs } }) });
  const [baseline, twin] = await trainJobs(lab, pair);
  return { pair, baseline, twin, runIds: [pair.baselineRunId, pair.ntRunId] };
}

const storedLosses = async (lab: Lab, id: number): Promise<number[]> => {
  const { steps } = await lab.call('run.steps', { id, afterStep: 0, maxPoints: 1000 });
  return steps.map((step) => step.qualityLoss);
};

const losses = (steps: number): number[] =>
  Array.from({ length: steps }, (_, index) => fakeLoss(index + 1));

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

describe('a training', () => {
  it('pauses, resumes in place and ends with everything recorded once', async () => {
    const seeded = seedWorkspace();
    const worker = fakeWorker({ stepMs: 1 });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const { baseline, runIds } = await startPair(lab, seeded, 20);
    await stepsOf(lab, 3);
    await lab.call('job.pause', { id: baseline });
    const paused = await jobIn(lab, baseline, 'paused');
    expect(paused.note).toMatch('Resume');
    await lab.call('job.resume', { id: baseline });
    await jobIn(lab, baseline, 'done');
    expect(await storedLosses(lab, runIds[0] ?? 0)).toEqual(losses(80));
    expect(worker.started.filter((job) => job.jobId === baseline)).toHaveLength(1);
  });

  it('stops now, says where, and continues from its last checkpoint', async () => {
    const seeded = seedWorkspace();
    const worker = fakeWorker({ stepMs: 1 });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const { baseline, runIds } = await startPair(lab, seeded, 20);
    await stepsOf(lab, 10);
    await lab.call('job.stop', { id: baseline });
    const stopped = await jobIn(lab, baseline, 'interrupted');
    expect(stopped.note).toMatch(
      /^Stopped at step \d+; the last checkpoint is of epoch \d+ \(step \d+\)\. Resume/,
    );
    await lab.call('job.resume', { id: baseline });
    await jobIn(lab, baseline, 'done');
    expect(await storedLosses(lab, runIds[0] ?? 0)).toEqual(losses(80));
    const again = worker.started.filter((job) => job.jobId === baseline)[1]?.payload;
    expect(again?.kind === 'train' ? again.resumeFrom : null).toMatch(/epoch-\d+\.safetensors$/);
  });

  it('stops at the end of an epoch as a finished run that says so', async () => {
    const seeded = seedWorkspace();
    const worker = fakeWorker({ stepMs: 2 });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const { baseline, runIds } = await startPair(lab, seeded, 50);
    await stepsOf(lab, 2);
    await lab.call('job.stopAfterEpoch', { id: baseline });
    const done = await jobIn(lab, baseline, 'done');
    expect(done.note).toMatch(/^Stopped after epoch \d+ as asked/);
    const run = await lab.call('run.get', { id: runIds[0] ?? 0 });
    expect(run.epochsDone).toBeLessThan(50);
    expect(run.selectedEpoch).toBe(run.epochsDone);
  });

  it('that loses its worker is interrupted with the reason, and resumes on a new one', async () => {
    const seeded = seedWorkspace();
    const worker = fakeWorker({ stepMs: 1 });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const { baseline, twin, runIds } = await startPair(lab, seeded, 20);
    await stepsOf(lab, 10);
    worker.die(null, 'SIGKILL');
    const interrupted = await jobIn(lab, baseline, 'interrupted');
    expect(interrupted.error).toMatchObject({ kind: 'worker-died' });
    expect(interrupted.note).toMatch(/killed from outside.*the last checkpoint is of epoch/);
    await jobIn(lab, twin, 'running', 'done');
    await lab.call('job.resume', { id: baseline });
    await jobIn(lab, baseline, 'done');
    expect(await storedLosses(lab, runIds[0] ?? 0)).toEqual(losses(80));
    expect(worker.spawned).toBe(2);
  });

  it('that is cancelled takes the measurements that wait for it along, with the reason', async () => {
    const seeded = seedWorkspace();
    const worker = fakeWorker({ stepMs: 1 });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const { baseline, runIds } = await startPair(lab, seeded, 50);
    const batch = { runIds: runIds.slice(0, 1), side: 'test' as const };
    const { jobIds } = await lab.call('evaluate.start', batch);
    const waiting = await lab.call('job.get', { id: jobIds[0] ?? 0 });
    expect(waiting.note).toBe('waits for the training of Toy');
    await lab.call('job.cancel', { id: baseline });
    const cancelled = await jobIn(lab, jobIds[0] ?? 0, 'cancelled');
    expect(cancelled.note).toBe('cancelled because the training of Toy was cancelled');
    await expect(lab.call('evaluate.start', batch)).rejects.toThrow('Toy is cancelled');
  });

  it('with a loss that is not a number fails and names it', async () => {
    const seeded = seedWorkspace();
    const worker = fakeWorker({
      alter: (message) =>
        message.type === 'steps' && message.steps[0]?.step === 6
          ? { ...message, steps: [{ ...message.steps[0], normTerm: NaN }] }
          : message,
    });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const { baseline, runIds } = await startPair(lab, seeded);
    const failed = await jobIn(lab, baseline, 'failed');
    expect(failed.error).toMatchObject({ kind: 'non-finite' });
    expect(failed.error?.message).toMatch('normTerm is NaN');
    expect(await storedLosses(lab, runIds[0] ?? 0)).toEqual(losses(5));
  });

  it('whose worker does not stop when asked is ended all the same', async () => {
    const seeded = seedWorkspace();
    const worker = fakeWorker({ stepMs: 5, deaf: true });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const { baseline } = await startPair(lab, seeded, 900);
    await stepsOf(lab, 2);
    await lab.call('job.stop', { id: baseline });
    const stopped = await jobIn(lab, baseline, 'interrupted');
    expect(stopped.note).toMatch(/^Stopped at step/);
  });

  it('whose worker falls silent is ended and can be resumed', async () => {
    const seeded = seedWorkspace();
    let mute = true;
    const worker = fakeWorker({
      alter: (message) =>
        mute && message.type === 'steps'
          ? null
          : mute && message.type === 'progress'
            ? null
            : message,
      stepMs: 50,
    });
    const lab = await openTestLab({
      workspaceDir: seeded.path,
      transport: worker.transport,
      timing: { hangMs: 100 },
    });
    const { baseline } = await startPair(lab, seeded, 2);
    const interrupted = await jobIn(lab, baseline, 'interrupted');
    expect(interrupted.error).toMatchObject({ kind: 'worker-died' });
    expect(interrupted.note).toMatch('has not answered');
    mute = false;
  });
});

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
  const second = await startPair(lab, seeded, 100);
  await lab.call('job.move', { id: second.twin, before: first.twin });
  const jobs = await lab.call('job.list', {});
  expect(jobs.map((job) => job.id)).toEqual([
    first.baseline,
    second.twin,
    first.twin,
    second.baseline,
  ]);
});
