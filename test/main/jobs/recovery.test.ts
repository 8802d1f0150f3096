import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { getJob, insertJob, updateJob } from '../../../src/main/db/jobs';
import { createPair } from '../../../src/main/jobs/create-pair';
import { JobBoard } from '../../../src/main/jobs/board';
import { EventHub } from '../../../src/main/events';
import { sweepStaleJobs } from '../../../src/main/jobs/recovery';
import { upsertSteps } from '../../../src/main/db/training';
import { openWorkspace } from '../../../src/main/workspace/open';
import { processStartedMs } from '../../../src/main/workspace/process-identity';
import { useTempDir } from '../../helpers/temp-dir';
import { fakeCatalogue } from '../../helpers/fake-catalogue';
import { draftOf, seedWorkspace } from '../../helpers/workspace';

const inFolder = useTempDir();

function workspaceWithPair() {
  const seeded = seedWorkspace();
  const workspace = openWorkspace(seeded.path, 'open');
  onTestFinished(() => workspace.close());
  const board = new JobBoard(workspace, new EventHub(() => undefined));
  createPair(board, fakeCatalogue, draftOf(seeded), null);
  return workspace;
}

const lease = {
  state: 'running',
  heartbeatMs: 1,
  lease: { pid: 999_999_999, startedMs: 1 },
} as const;

it('interrupts what was running and says what is kept and what Resume does', () => {
  const workspace = workspaceWithPair();
  const { db } = workspace;
  updateJob(db, 1, lease);
  const step = { epoch: 1, qualityLoss: 1, normTerm: 0, total: 1, normEstimate: null };
  upsertSteps(db, 1, [{ ...step, step: 34, learningRate: 1 }]);
  const swept = sweepStaleJobs(workspace);
  expect(swept.map((job) => job.id)).toEqual([1]);
  expect(getJob(db, 1)).toMatchObject({
    state: 'interrupted',
    note: 'The lab was killed at step 34, before the first checkpoint. Resume starts it again.',
    leasePid: null,
    heartbeatMs: null,
  });
  expect(getJob(db, 2).state).toBe('queued');
});

it('counts the images of a batch that was running', () => {
  const workspace = workspaceWithPair();
  const { db } = workspace;
  const spec = { kind: 'evaluate' as const, runId: 1, side: 'test' as const };
  const id = insertJob(db, { spec, action: 'Scores', createdAtMs: 1 });
  updateJob(db, id, lease);
  sweepStaleJobs(workspace);
  expect(getJob(db, id).note).toBe('The lab was killed with 0 images done. Resume does the rest.');
});

it('leaves a paused job paused, without its lease', () => {
  const workspace = workspaceWithPair();
  const { db } = workspace;
  updateJob(db, 1, { ...lease, state: 'paused' });
  sweepStaleJobs(workspace);
  expect(getJob(db, 1)).toMatchObject({ state: 'paused', leasePid: null });
});

it('ends a worker that outlived its host, and only if it is certainly that process', async () => {
  const workspace = workspaceWithPair();
  const { db } = workspace;
  const worker = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const gone = new Promise((resolve) => worker.once('exit', (_code, signal) => resolve(signal)));
  const pid = worker.pid ?? 0;
  const startedMs = processStartedMs(pid);
  const ended: number[] = [];
  const end = (id: number): void => void ended.push(id);
  updateJob(db, 1, { ...lease, lease: { pid, startedMs: (startedMs ?? 0) - 3_600_000 } });
  sweepStaleJobs(workspace, end);
  expect(ended).toEqual([]);
  if (startedMs === null) return worker.kill();
  updateJob(db, 1, { ...lease, lease: { pid, startedMs } });
  sweepStaleJobs({ ...workspace, copyOfOpen: true }, end);
  expect(ended).toEqual([]);
  updateJob(db, 1, { ...lease, lease: { pid, startedMs } });
  sweepStaleJobs(workspace);
  expect(await gone).toBe('SIGKILL');
});

it('a copy of a workspace knows that the original is open', () => {
  const workspace = workspaceWithPair();
  expect(workspace.copyOfOpen).toBe(false);
  const path = inFolder('copy');
  cpSync(workspace.layout.root, path, { recursive: true });
  const copy = openWorkspace(path, 'open');
  onTestFinished(() => copy.close());
  // Where the system does not tell when a process started, nothing is ended either.
  expect(copy.copyOfOpen).toBe(processStartedMs(process.pid) !== null);
});
