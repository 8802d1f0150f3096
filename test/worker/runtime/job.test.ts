import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkerMessage } from '../../../src/shared/worker-protocol';
import { toFailure } from '../../../src/worker/failure';
import { Job } from '../../../src/worker/runtime/job';
import { Outbox } from '../../../src/worker/runtime/outbox';
import { Progress } from '../../../src/worker/runtime/progress';

function job(): { job: Job; said: WorkerMessage[]; types: () => string[] } {
  const said: WorkerMessage[] = [];
  return {
    job: new Job(4, (message) => said.push(message)),
    said,
    types: () => said.map((message) => message.type),
  };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('JobControl', () => {
  it('passes a checkpoint at once while nothing is asked', async () => {
    const { job: j, said } = job();
    await j.control.checkpoint();
    expect(said).toEqual([]);
  });

  it('waits at a checkpoint while paused and says when it begins and ends', async () => {
    const { job: j, types } = job();
    j.control.request('pause');
    let passed = false;
    const reached = j.control.checkpoint().then(() => (passed = true));
    await turn();
    expect(passed).toBe(false);
    expect(types()).toEqual(['paused']);
    j.control.request('resume');
    await reached;
    expect(types()).toEqual(['paused', 'resumed']);
  });

  it('is one pause for work that goes on in several lanes', async () => {
    const { job: j, types } = job();
    j.control.request('pause');
    const lanes = Promise.all([j.control.checkpoint(), j.control.checkpoint()]);
    await turn();
    j.control.request('resume');
    await lanes;
    expect(types()).toEqual(['paused', 'resumed']);
  });

  it('stops at the next checkpoint, also out of a pause', async () => {
    const { job: j, types } = job();
    j.control.request('pause');
    const reached = j.control.checkpoint();
    await turn();
    j.control.request('stop');
    await expect(reached).rejects.toMatchObject({ kind: 'cancelled' });
    expect(types()).toEqual(['paused']);
  });

  it('is not unstopped by a later pause or resume', async () => {
    const { job: j } = job();
    j.control.request('stop');
    j.control.request('pause');
    j.control.request('resume');
    await expect(j.control.checkpoint()).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it('goes on from a pause when it is to stop after the epoch', async () => {
    const { job: j } = job();
    j.control.request('pause');
    const reached = j.control.checkpoint();
    await turn();
    j.control.request('stop-after-epoch');
    await reached;
    expect(j.control.stopAfterEpoch).toBe(true);
  });

  it('does not count pauses as work', async () => {
    const { job: j } = job();
    j.control.request('pause');
    const reached = j.control.checkpoint();
    await new Promise((resolve) => setTimeout(resolve, 80));
    j.control.request('resume');
    await reached;
    expect(j.control.activeMs).toBeLessThan(60);
  });
});

describe('with a clock in hand', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('an outbox posts the first row at once and gathers those that follow', () => {
    const sent: number[][] = [];
    const outbox = new Outbox<number>((rows) => sent.push(rows));
    outbox.add(1);
    outbox.add(2);
    outbox.add(3);
    expect(sent).toEqual([[1]]);
    vi.advanceTimersByTime(250);
    expect(sent).toEqual([[1], [2, 3]]);
    outbox.add(4);
    outbox.flush();
    outbox.flush();
    expect(sent).toEqual([[1], [2, 3], [4]]);
  });

  it('progress is told at most four times a second, and its last unit always', () => {
    const { job: j, said } = job();
    const progress = new Progress(j, 'images');
    progress.begin('scoring', 0, 100);
    for (let done = 1; done <= 100; done++) {
      vi.advanceTimersByTime(10);
      progress.at(done);
    }
    // Begun at 0, then at 250, 500, 750 and 1000 ms, the last of which is also the end.
    expect(said).toHaveLength(5);
    expect(said.at(-1)).toMatchObject({ jobId: 4, progress: { done: 100, leftMs: 0 } });
  });

  it('progress estimates the time left from this sitting, not from what was done before', () => {
    const { job: j, said } = job();
    const progress = new Progress(j, 'images');
    progress.begin('attacking', 90, 100);
    vi.advanceTimersByTime(500);
    progress.at(91);
    expect(said.at(-1)).toMatchObject({ progress: { done: 91, leftMs: null } });
    vi.advanceTimersByTime(1500);
    progress.at(92);
    // Two pictures in two seconds: eight more take eight.
    expect(said.at(-1)).toMatchObject({ progress: { done: 92, total: 100, leftMs: 8000 } });
  });
});

describe('toFailure', () => {
  it('says what a failure of the system means', () => {
    const system = (code: string) => Object.assign(new Error(code), { code });
    expect(toFailure(system('ENOSPC')).kind).toBe('disk-full');
    expect(toFailure(system('EROFS')).kind).toBe('read-only');
    expect(toFailure(new Error('OOM when allocating tensor with shape[64]')).kind).toBe(
      'out-of-memory',
    );
    expect(toFailure(new RangeError('Array buffer allocation failed')).kind).toBe('out-of-memory');
    expect(toFailure(new Error('no room')).kind).toBe('internal');
  });

  it('names what to do next', () => {
    const failure = toFailure(Object.assign(new Error('write'), { code: 'ENOSPC' }));
    expect(failure.next).toBe('Free some space, then resume.');
    expect(failure.safe).toBe('Everything recorded so far is kept.');
  });
});
