import { spawn } from 'node:child_process';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EventHub } from '../../../src/main/events';
import { JobBoard } from '../../../src/main/jobs/board';
import { createPair } from '../../../src/main/jobs/create-pair';
import { startBatch } from '../../../src/main/jobs/start-batch';
import { openWorkspace } from '../../../src/main/workspace/open';
import { processLiveness } from '../../../src/main/workspace/process-identity';
import { random } from '../../../src/shared/random';
import { bundle } from '../../../scripts/lib/bundle.mjs';
import { fakeCatalogue } from '../../helpers/fake-catalogue';
import { fakeLoss } from '../../helpers/fake-worker';
import type { Seeded } from '../../helpers/workspace';
import { draftOf, openTestLab, seedWorkspace } from '../../helpers/workspace';

let host: { path: string; remove: () => void };
let worker: { path: string; remove: () => void };
beforeAll(async () => {
  host = await bundle('test/fixtures/host/mortal-host.ts');
  worker = await bundle('test/fixtures/host/fake-worker-process.ts');
});
afterAll(() => {
  host.remove();
  worker.remove();
});

/** 20 in the suite; IQALAB_KILLS=200 for a thorough run, with as much more to do. */
const wantedKills = Number(process.env['IQALAB_KILLS'] ?? 20);
const epochs = Math.min(1000, 8 * wantedKills);
const stepsPerEpoch = 4;
const testImages = 40;

/** A pair to train and one batch behind each twin. */
function queueWork(seeded: Seeded): void {
  const workspace = openWorkspace(seeded.path, 'open');
  const board = new JobBoard(workspace, new EventHub(() => undefined));
  const pair = createPair(board, fakeCatalogue, draftOf(seeded, { trainer: { epochs } }), null);
  const runIds = [pair.baselineRunId, pair.ntRunId];
  startBatch(board, { runIds, side: 'test', limit: null }, (run) => ({
    spec: { kind: 'evaluate', runId: run.id, side: 'test' },
    action: 'Scores',
  }));
  workspace.close();
}

/** Runs the host until it is done, or kills it that long after it began to work. */
function runHost(path: string, killAfterMs: number): Promise<{ lines: string[]; done: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [host.path, path], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [text, errors] = ['', ''];
    let timer: NodeJS.Timeout | null = null;
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      timer ??= setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => (errors += part));
    child.on('close', (code, signal) => {
      if (timer) clearTimeout(timer);
      if (code !== 0 && signal !== 'SIGKILL')
        reject(new Error(`host ended with ${code}: ${errors}`));
      // A line cut off by the kill is not a promise yet.
      const lines = text.split('\n').slice(0, -1);
      resolve({ lines, done: lines.at(-1) === 'done' });
    });
  });
}

/** What the killed host had told must be stored, and what is stored must be whole. */
function checkStore(path: string, lines: readonly string[]): void {
  const db = new Database(join(path, 'lab.sqlite'));
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    const told = new Map<number, number>();
    for (const line of lines) {
      const [what, run, step] = line.split(' ');
      if (what === 'step') told.set(Number(run), Number(step));
    }
    for (const [run, step] of told) {
      const { last, n } = db
        .prepare<[number], { last: number; n: number }>(
          'SELECT max(step) AS last, count(*) AS n FROM steps WHERE run_id = ?',
        )
        .get(run) ?? { last: 0, n: 0 };
      expect(last).toBeGreaterThanOrEqual(step);
      expect(n).toBe(last);
    }
    const running = db.prepare("SELECT count(*) FROM jobs WHERE state = 'running'").pluck().get();
    expect(running).toBeLessThanOrEqual(1);
  } finally {
    db.close();
  }
}

it('loses nothing it has told, and ends as if never killed, however often the host is killed', async () => {
  const seeded = seedWorkspace(4 * testImages);
  queueWork(seeded);
  const draws = random(20_260_728, 'test/kill-host');
  let kills = 0;
  let done = false;
  while (!done) {
    // From 0 to 120 ms of work between two kills; after the last one it is left alone.
    const killAfterMs = kills < wantedKills ? Math.floor(draws.uniform() * 120) : 60_000;
    const ran = await runHost(seeded.path, killAfterMs);
    done = ran.done;
    if (!done) kills += 1;
    checkStore(seeded.path, ran.lines);
  }
  // The work must outlast the kills, or they prove nothing.
  expect(kills).toBe(wantedKills);
  const db = new Database(join(seeded.path, 'lab.sqlite'), { readonly: true });
  const losses = db.prepare<[], number>(
    'SELECT quality_loss FROM steps WHERE run_id = 1 ORDER BY step',
  );
  expect(losses.pluck().all()).toEqual(
    Array.from({ length: epochs * stepsPerEpoch }, (_, index) => fakeLoss(index + 1)),
  );
  const rows = db.prepare('SELECT job_id, count(*) AS n FROM score_rows GROUP BY job_id');
  expect(rows.raw().all()).toEqual([
    [3, testImages],
    [4, testImages],
  ]);
  db.close();
}, 300_000);

it.runIf(process.platform === 'linux')(
  'leaves a worker behind when it is killed, which the next host ends before it resumes',
  async () => {
    const seeded = seedWorkspace();
    queueWork(seeded);
    const child = spawn(process.execPath, [host.path, seeded.path, worker.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    const db = new Database(join(seeded.path, 'lab.sqlite'), { readonly: true });
    const lease = db.prepare("SELECT lease_pid FROM jobs WHERE state = 'running'").pluck();
    const pid = Number(lease.get());
    db.close();
    expect(processLiveness(pid, null)).toBe('unknown'); // It is there; since when is not asked.
    const lab = await openTestLab({ workspaceDir: seeded.path, startLeftOver: false });
    await expect.poll(() => processLiveness(pid, null)).toBe('gone');
    const [job] = await lab.call('job.list', {});
    expect((await lab.call('job.get', { id: 1 })).state).toBe('interrupted');
    expect(job?.state).toBe('queued');
  },
);
