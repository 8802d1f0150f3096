import { describe, expect, it } from 'vitest';
import { fakeWorker } from '../../helpers/fake-worker';
import { losses, startPair, stepsOf, storedLosses } from '../../helpers/pairs';
import { jobIn, openTestLab, seedWorkspace } from '../../helpers/workspace';

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

  it('whose worker finds the disk full is interrupted, and what waits for it goes on waiting', async () => {
    const seeded = seedWorkspace();
    let full = true;
    const error = { kind: 'disk-full' as const, message: 'the disk is full' };
    const worker = fakeWorker({
      alter: (message) =>
        full && message.type === 'checkpoint'
          ? { type: 'failed', jobId: message.jobId, error }
          : message,
    });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const { baseline, runIds } = await startPair(lab, seeded);
    const batch = { runIds: runIds.slice(0, 1), side: 'test' as const };
    const [waiting = 0] = (await lab.call('evaluate.start', batch)).jobIds;
    const interrupted = await jobIn(lab, baseline, 'interrupted');
    expect(interrupted.error).toMatchObject(error);
    expect((await lab.call('job.get', { id: waiting })).note).toMatch('was interrupted: resume it');
    full = false;
    await lab.call('job.resume', { id: baseline });
    await jobIn(lab, waiting, 'done');
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
