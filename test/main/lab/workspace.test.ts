import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { fakeWorker } from '../../helpers/fake-worker';
import {
  draftOf,
  jobIn,
  openTestLab,
  seedWorkspace,
  temporaryFolder,
  trainJobs,
} from '../../helpers/workspace';

describe('a workspace', () => {
  it('is created once, opened again, and remembered', async () => {
    const stateDir = temporaryFolder();
    const path = join(temporaryFolder(), 'first');
    const lab = await openTestLab({ stateDir });
    const created = await lab.call('workspace.create', { path });
    expect(created).toMatchObject({ path, name: 'first' });
    await lab.call('workspace.close', {});
    expect(await lab.call('workspace.current', {})).toBeNull();
    await expect(lab.call('workspace.create', { path })).rejects.toMatchObject({
      kind: 'conflict',
      message: `${path} already holds a workspace`,
    });
    expect(await lab.call('workspace.open', { path })).toEqual(created);
    expect(await lab.call('workspace.recent', {})).toEqual([{ path, name: 'first', exists: true }]);
  });

  it('that is not there is named, and the open one stays open', async () => {
    const path = join(temporaryFolder(), 'first');
    const lab = await openTestLab({ workspaceDir: path });
    const missing = join(path, 'nothing');
    await expect(lab.call('workspace.open', { path: missing })).rejects.toMatchObject({
      kind: 'not-found',
      message: `there is no folder ${missing}`,
    });
    expect(existsSync(missing)).toBe(false);
    expect(await lab.call('workspace.current', {})).toMatchObject({ path });
  });

  it('is not any folder', async () => {
    const lab = await openTestLab();
    const path = temporaryFolder();
    await expect(lab.call('workspace.open', { path })).rejects.toThrow('holds no lab.sqlite');
    const file = join(path, 'file');
    writeFileSync(file, '');
    await expect(lab.call('workspace.create', { path: file })).rejects.toThrow('is a file');
    await expect(lab.call('workspace.create', { path: 'relative' })).rejects.toThrow('full path');
  });

  it('is open in one lab only; the other is told which process has it', async () => {
    const path = join(temporaryFolder(), 'shared');
    const first = await openTestLab({ workspaceDir: path });
    const second = await openTestLab();
    await expect(second.call('workspace.open', { path })).rejects.toMatchObject({
      kind: 'locked',
      next: expect.stringContaining(`process ${process.pid}`) as string,
    });
    await first.close();
    expect(await second.call('workspace.open', { path })).toMatchObject({ path });
  });

  it('left by a lab that was killed is taken over', async () => {
    const seeded = seedWorkspace();
    writeFileSync(
      join(seeded.path, 'host.json'),
      JSON.stringify({ pid: 1, startedMs: 1, hostname: 'here', sinceMs: 1 }),
    );
    const lab = await openTestLab({ workspaceDir: seeded.path });
    expect(await lab.call('dataset.list', {})).toHaveLength(1);
    const owner = JSON.parse(readFileSync(join(seeded.path, 'host.json'), 'utf8')) as object;
    expect(owner).toMatchObject({ pid: process.pid });
    await lab.close();
    expect(existsSync(join(seeded.path, 'host.json'))).toBe(false);
  });

  it('from a newer version is refused by name', async () => {
    const seeded = seedWorkspace();
    const db = new Database(join(seeded.path, 'lab.sqlite'));
    db.pragma('user_version = 999');
    db.close();
    const lab = await openTestLab();
    await expect(lab.call('workspace.open', { path: seeded.path })).rejects.toMatchObject({
      kind: 'newer-version',
      next: 'Install the newer version of the lab to open this workspace.',
    });
  });

  it('with a damaged database is refused by name, and the file is left alone', async () => {
    const path = temporaryFolder();
    writeFileSync(join(path, 'lab.sqlite'), 'damaged '.repeat(1000));
    const lab = await openTestLab();
    await expect(lab.call('workspace.open', { path })).rejects.toMatchObject({
      kind: 'unreadable-file',
      message: `${join(path, 'lab.sqlite')} is damaged or is not a workspace database`,
    });
    expect(readFileSync(join(path, 'lab.sqlite'), 'utf8')).toBe('damaged '.repeat(1000));
  });

  it('can be moved with everything it holds', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const pair = await lab.call('pair.create', { draft: draftOf(seeded) });
    const [, twin] = await trainJobs(lab, pair);
    await jobIn(lab, twin, 'done');
    await lab.close();
    const moved = join(temporaryFolder(), 'elsewhere');
    cpSync(seeded.path, moved, { recursive: true });
    renameSync(seeded.path, `${seeded.path}-gone`);
    const worker = fakeWorker();
    const again = await openTestLab({ workspaceDir: moved, transport: worker.transport });
    const batch = { runIds: [pair.ntRunId], side: 'test' as const };
    const { jobIds } = await again.call('evaluate.start', batch);
    await jobIn(again, jobIds[0] ?? 0, 'done');
    const payload = worker.started[0]?.payload;
    const checkpoint = payload?.kind === 'evaluate' ? payload.checkpoint : '';
    expect(checkpoint.startsWith(moved)).toBe(true);
  });
});

/** Runs as a user without the right to write anywhere here; root may write everywhere. */
function asNobody<T>(work: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  return work().finally(() => {
    if (isRoot) process.seteuid?.(0);
  });
}

describe.skipIf(process.platform === 'win32')('a folder without the right to write', () => {
  it('is refused by name, whether it is to hold a new workspace or holds one', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o555);
    const seeded = seedWorkspace();
    execFileSync('chmod', ['-R', 'a-w,a+rX', join(seeded.path, '..')]);
    const lab = await openTestLab();
    await asNobody(async () => {
      const path = join(folder, 'new');
      await expect(lab.call('workspace.create', { path })).rejects.toMatchObject({
        kind: 'read-only',
        message: `the folder ${path} cannot be written to`,
      });
      await expect(lab.call('workspace.open', { path: seeded.path })).rejects.toMatchObject({
        kind: 'read-only',
        safe: 'Nothing was changed.',
      });
    });
    execFileSync('chmod', ['-R', 'u+w', join(seeded.path, '..'), folder]);
  });
});

describe('closing the lab', () => {
  it('stops the running job where it can be resumed, and the next lab resumes it', async () => {
    const seeded = seedWorkspace();
    const slow = fakeWorker({ stepMs: 2 });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: slow.transport });
    const draft = draftOf(seeded, { trainer: { epochs: 20 } });
    const pair = await lab.call('pair.create', { draft });
    const [baseline, twin] = await trainJobs(lab, pair);
    await new Promise<void>((resolve) => {
      lab.on('run.epoch', ({ epoch }) => {
        if (epoch.epoch === 2) resolve();
      });
    });
    await lab.close();

    const again = await openTestLab({ workspaceDir: seeded.path, startLeftOver: false });
    const stopped = await again.call('job.get', { id: baseline });
    expect(stopped.state).toBe('interrupted');
    expect(stopped.note).toMatch(
      /^The lab was closed at step \d+; the last checkpoint is of epoch/,
    );
    expect((await again.call('job.get', { id: twin })).state).toBe('queued');
    await again.call('job.resume', { id: baseline });
    await jobIn(again, baseline, 'done');
    const { stored } = await again.call('run.steps', {
      id: pair.baselineRunId,
      afterStep: 0,
      maxPoints: 10,
    });
    expect(stored).toBe(80);
  });

  it('leaves a paused job paused', async () => {
    const seeded = seedWorkspace();
    const slow = fakeWorker({ stepMs: 2 });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: slow.transport });
    const draft = draftOf(seeded, { trainer: { epochs: 50 } });
    const [baseline] = await trainJobs(lab, await lab.call('pair.create', { draft }));
    await jobIn(lab, baseline, 'running');
    await lab.call('job.pause', { id: baseline });
    await jobIn(lab, baseline, 'paused');
    await lab.close();
    const again = await openTestLab({ workspaceDir: seeded.path, startLeftOver: false });
    const paused = await again.call('job.get', { id: baseline });
    expect(paused.state).toBe('paused');
    expect(paused.note).toMatch(/^Paused when the lab was closed/);
    await again.call('job.resume', { id: baseline });
    await jobIn(again, baseline, 'running', 'done');
  });

  it('is quick and asks for nothing when nothing was ever computed', async () => {
    const worker = fakeWorker();
    const lab = await openTestLab({
      workspaceDir: seedWorkspace().path,
      transport: worker.transport,
    });
    await lab.close();
    expect(worker.spawned).toBe(0);
  });
});

describe('the bin', () => {
  it('takes a run out of sight of new work and gives it back whole', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const pair = await lab.call('pair.create', { draft: draftOf(seeded) });
    const [, twin] = await trainJobs(lab, pair);
    await jobIn(lab, twin, 'done');
    const id = pair.baselineRunId;
    await lab.call('run.delete', { id });
    expect((await lab.call('run.get', { id })).deletedAtMs).not.toBeNull();
    expect((await lab.call('job.list', {})).map((job) => job.runId)).toEqual([pair.ntRunId]);
    const batch = { runIds: [id], side: 'test' as const };
    await expect(lab.call('evaluate.start', batch)).rejects.toThrow('was deleted');
    await lab.call('run.restore', { id });
    expect(await lab.call('job.list', {})).toHaveLength(2);
    expect(await lab.call('run.epochs', { id })).toHaveLength(3);
  });

  it('is emptied of what has been in it for 30 days, files included', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const pair = await lab.call('pair.create', { draft: draftOf(seeded) });
    const [, twin] = await trainJobs(lab, pair);
    await jobIn(lab, twin, 'done');
    for (const id of [pair.baselineRunId, pair.ntRunId]) await lab.call('run.delete', { id });
    await lab.close();
    const runs = join(seeded.path, 'artifacts', 'runs');
    expect(existsSync(join(runs, String(pair.ntRunId), 'checkpoints'))).toBe(true);
    const db = new Database(join(seeded.path, 'lab.sqlite'));
    const longAgo = Date.now() - 31 * 86_400_000;
    db.prepare('UPDATE runs SET deleted_at_ms = ? WHERE id = ?').run(longAgo, pair.ntRunId);
    db.close();
    const again = await openTestLab({ workspaceDir: seeded.path });
    expect((await again.call('run.list', {})).map((run) => run.id)).toEqual([pair.baselineRunId]);
    expect(existsSync(join(runs, String(pair.ntRunId)))).toBe(false);
    expect(existsSync(join(runs, String(pair.baselineRunId)))).toBe(true);
  });

  it('does not take a run while the worker is busy with it, nor a data set that runs use', async () => {
    const seeded = seedWorkspace();
    const slow = fakeWorker({ stepMs: 5 });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: slow.transport });
    const draft = draftOf(seeded, { trainer: { epochs: 100 } });
    const pair = await lab.call('pair.create', { draft });
    await jobIn(lab, (await trainJobs(lab, pair))[0], 'running');
    const running = lab.call('run.delete', { id: pair.baselineRunId });
    await expect(running).rejects.toMatchObject({ kind: 'conflict' });
    const used = lab.call('dataset.delete', { id: seeded.datasetId });
    await expect(used).rejects.toThrow('2 runs use it');
  });
});

it('lists a folder by kinds, for choosing one without a system dialog', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'b'));
  mkdirSync(join(folder, 'a'));
  writeFileSync(join(folder, 'a', 'lab.sqlite'), '');
  for (const name of ['x.png', 'mos.CSV', '.hidden']) writeFileSync(join(folder, name), '');
  const lab = await openTestLab();
  const { entries, parent } = await lab.call('files.list', { path: folder });
  expect(entries.map((entry) => [entry.name, entry.kind])).toEqual([
    ['a', 'workspace'],
    ['b', 'folder'],
    ['mos.CSV', 'labels'],
    ['x.png', 'file'],
  ]);
  expect(parent).toBe(join(folder, '..'));
  const missing = lab.call('files.list', { path: join(folder, 'none') });
  await expect(missing).rejects.toMatchObject({ kind: 'not-found' });
});
