import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventHub } from '../../../src/main/events';
import { EventHub as Hub } from '../../../src/main/events';
import { JobBoard } from '../../../src/main/jobs/board';
import { createPair } from '../../../src/main/jobs/create-pair';
import type { RunnerOptions } from '../../../src/main/jobs/runner';
import { sweepStaleJobs } from '../../../src/main/jobs/recovery';
import { JobRunner } from '../../../src/main/jobs/runner';
import { WorkerHost } from '../../../src/main/jobs/worker-host';
import type { OpenWorkspace } from '../../../src/main/workspace/open';
import { openWorkspace } from '../../../src/main/workspace/open';
import type { JobState } from '../../../src/shared/domain/run';
import { insertJob } from '../../../src/main/db/jobs';
import { countSteps } from '../../../src/main/db/training';
import type { FakeWorkerOptions } from '../../helpers/fake-worker';
import { fakeCatalogue } from '../../helpers/fake-catalogue';
import { fakeWorker } from '../../helpers/fake-worker';
import { draftOf, quickTiming, seedWorkspace } from '../../helpers/workspace';

interface Bench {
  readonly workspace: OpenWorkspace;
  readonly board: JobBoard;
  readonly runner: JobRunner;
  readonly host: WorkerHost;
  readonly events: EventHub;
  readonly reported: unknown[];
  /** Creates a pair and returns its two training jobs, not yet started. */
  readonly pair: (epochs: number) => [number, number];
}

/** The runner with its database at hand, so that a test can make the disk misbehave. */
function bench(worker: FakeWorkerOptions = {}, options: Partial<RunnerOptions> = {}): Bench {
  const seeded = seedWorkspace();
  const workspace = openWorkspace(seeded.path, 'open');
  const reported: unknown[] = [];
  const report = (thrown: unknown): void => void reported.push(thrown);
  const events = new Hub(report);
  const board = new JobBoard(workspace, events);
  const host = new WorkerHost({ transport: fakeWorker(worker).transport });
  const runner = new JobRunner({
    board,
    worker: host,
    timing: quickTiming,
    holdLeftOver: false,
    freeBytes: () => Promise.resolve(1e12),
    report,
    ...options,
  });
  host.listen({
    job: (message) => runner.receive(message),
    alive: () => runner.alive(),
    engine: () => undefined,
    exit: (error) => runner.workerEnded(error),
  });
  onTestFinished(async () => {
    await runner.close();
    await host.shutdown(100);
    workspace.close();
  });
  return {
    workspace,
    board,
    runner,
    host,
    events,
    reported,
    pair: (epochs) => {
      const draft = draftOf(seeded, { trainer: { epochs } });
      createPair(board, fakeCatalogue, draft, null);
      return [1, 2];
    },
  };
}

function until(events: EventHub, board: JobBoard, id: number, state: JobState): Promise<void> {
  return new Promise((resolve) => {
    const end = events.on('job.changed', (job) => {
      if (job.id !== id || job.state !== state) return;
      end();
      resolve();
    });
    if (board.get(id).state === state) {
      end();
      resolve();
    }
  });
}

describe('a disk that fills up', () => {
  it('interrupts the training without losing what was stored, and it resumes with room again', async () => {
    const { workspace, board, runner, host, events, pair } = bench();
    const [job] = pair(200);
    const { db } = workspace;
    const pages = db.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
    // SQLite's own way to stand in for a full disk: it reports SQLITE_FULL beyond this size.
    db.exec(`PRAGMA max_page_count = ${pages + 2}`);
    runner.pump();
    await until(events, board, job, 'running');
    // The job is given up by ending its worker.
    await expect.poll(() => host.pid, { timeout: 20_000 }).toBeNull();
    const stored = countSteps(db, 1);
    db.exec('PRAGMA max_page_count = 1000000');
    await until(events, board, job, 'interrupted');
    const interrupted = board.get(job);
    expect(interrupted.error).toMatchObject({ kind: 'disk-full' });
    expect(interrupted.note).toMatch(/is full\. It stopped at step \d+/);
    expect(stored).toBeGreaterThan(0);
    expect(countSteps(db, 1)).toBe(stored);
    expect(db.get('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' });
    runner.resume(job);
    await until(events, board, job, 'done');
    expect(countSteps(db, 1)).toBe(800);
  });

  it('does not keep the lab from closing, and the next one says where the training stopped', async () => {
    const { workspace, board, runner, host, events, pair } = bench();
    const [job] = pair(200);
    const { db } = workspace;
    const pages = db.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
    db.exec(`PRAGMA max_page_count = ${pages + 2}`);
    runner.pump();
    await until(events, board, job, 'running');
    await expect.poll(() => host.pid, { timeout: 20_000 }).toBeNull();
    await runner.close();
    db.exec('PRAGMA max_page_count = 1000000');
    const state = board.get(job).state;
    expect(['running', 'interrupted']).toContain(state);
    sweepStaleJobs(workspace);
    expect(board.get(job).state).toBe('interrupted');
  });

  it('holds the queue before it starts, says how much is missing, and goes on by itself', async () => {
    let free = 100e6;
    const { board, runner, events, pair } = bench({}, { freeBytes: () => Promise.resolve(free) });
    const [job] = pair(2);
    runner.pump();
    await expect
      .poll(() => board.get(job).note)
      .toMatch(/^waits: only 100 MB are free.*200 MB are needed$/);
    expect(board.get(job).state).toBe('queued');
    free = 1e12;
    await until(events, board, job, 'done');
  });

  it('pauses a training that runs, before a checkpoint could be half written', async () => {
    let free = 1e12;
    const { board, runner, events, pair } = bench(
      { stepMs: 5 },
      { freeBytes: () => Promise.resolve(free) },
    );
    const [job] = pair(20);
    runner.pump();
    await until(events, board, job, 'running');
    free = 1e6;
    await until(events, board, job, 'paused');
    expect(board.get(job).note).toMatch(/^Paused: only 1 MB are free/);
    free = 1e12;
    runner.resume(job);
    await until(events, board, job, 'done');
  });
});

it('starts no job of an earlier session by itself on the command line, until one is asked for', async () => {
  const { board, runner, events, pair } = bench({}, { holdLeftOver: true });
  const [first, second] = pair(1);
  runner.pump();
  expect(board.get(first)).toMatchObject({
    state: 'queued',
    note: 'left from the last session; Resume starts it',
  });
  runner.resume(second);
  await until(events, board, second, 'done');
  expect(board.get(first).state).toBe('done');
});

it('keeps recording when a listener throws, and reports the listener', async () => {
  const { board, runner, events, reported, pair } = bench();
  const mistake = new Error('a window has gone');
  events.on('run.steps', () => {
    throw mistake;
  });
  const [job] = pair(1);
  runner.pump();
  await until(events, board, job, 'done');
  expect(reported).toContain(mistake);
  expect(countSteps(board.db, 1)).toBe(4);
});

it('refuses to measure a run whose training was cancelled, also by resuming', async () => {
  const { board, runner, events, pair } = bench({ stepMs: 2 });
  const [job] = pair(100);
  runner.pump();
  await until(events, board, job, 'running');
  const spec = { kind: 'evaluate' as const, runId: 1, side: 'test' as const };
  const batch = insertJob(board.db, { spec, action: 'Scores', createdAtMs: 1 });
  runner.cancel(job);
  await until(events, board, batch, 'cancelled');
  expect(() => runner.resume(batch)).toThrow('the training of Toy is cancelled');
});
