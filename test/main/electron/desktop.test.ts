import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '@shared/domain/run';
import type { MenuEntry } from '../../helpers/electron-stub';
import { Desktop } from './desktop';

const job = (state: Job['state'], id = 1): Job => ({
  id,
  kind: 'train',
  spec: { kind: 'train', runId: 1 },
  runId: 1,
  title: 'CNNIQA on demo',
  state,
  note: null,
  progress: null,
  error: null,
  engine: 'cpu',
  createdAtMs: 0,
  startedAtMs: 0,
  endedAtMs: null,
});

let desktop: Desktop;
beforeEach(async () => {
  desktop = await Desktop.create();
});
afterEach(async () => {
  vi.useRealTimers();
  await desktop.remove();
});

describe('while a job runs', () => {
  it('keeps the computer awake exactly then, and shows the progress', async () => {
    const window = await desktop.open();
    desktop.lab.emit('job.changed', job('queued'));
    expect(desktop.electron.blockers.size).toBe(0);
    desktop.lab.emit('job.changed', job('running'));
    desktop.lab.emit('job.changed', job('running'));
    expect(desktop.electron.blockers.size).toBe(1);
    desktop.lab.emit('job.progress', {
      id: 1,
      progress: { done: 1, total: 4, unit: 'steps', phase: '', leftMs: null },
    });
    expect(window.progress).toEqual([0.25]);
    desktop.lab.emit('job.changed', job('paused'));
    expect(desktop.electron.blockers.size).toBe(0);
    expect(window.progress.at(-1)).toBe(-1);
  });

  it('asks before closing: staying changes nothing', async () => {
    const window = await desktop.open();
    desktop.lab.emit('job.changed', job('running'));
    desktop.electron.stub.answer = 2;
    expect(window.close()).toBe(true);
    await vi.waitFor(() => expect(desktop.electron.messages).toHaveLength(1));
    expect(desktop.electron.messages[0]?.message).toContain('CNNIQA on demo');
    expect(desktop.lab.closed).toBe(false);
  });

  it('asks before closing: pausing closes the lab, which saves, and then quits', async () => {
    const window = await desktop.open();
    desktop.lab.emit('job.changed', job('running'));
    desktop.electron.stub.answer = 0;
    window.close();
    await vi.waitFor(() => expect(desktop.electron.app.calls).toContain('quit'));
    expect(desktop.lab.closed).toBe(true);
    expect(desktop.electron.blockers.size).toBe(0);
    expect(window.close()).toBe(false);
  });

  it('goes on without a window, and ends when nothing is left to do', async () => {
    const window = await desktop.open();
    window.show();
    desktop.lab.emit('job.changed', job('running'));
    desktop.electron.stub.answer = 1;
    window.close();
    await vi.waitFor(() => expect(window.visible).toBe(false));
    vi.useFakeTimers();
    desktop.lab.emit('job.changed', job('done'));
    desktop.lab.emit('job.changed', job('running', 2));
    await vi.advanceTimersByTimeAsync(6000);
    expect(desktop.lab.closed).toBe(false); // The next job of the queue had started.
    desktop.lab.emit('job.changed', job('done', 2));
    await vi.advanceTimersByTimeAsync(6000);
    expect(desktop.lab.closed).toBe(true);
  });

  it('closes without a question when nothing runs', async () => {
    const window = await desktop.open();
    window.close();
    await vi.waitFor(() => expect(desktop.lab.closed).toBe(true));
    expect(desktop.electron.messages).toEqual([]);
  });

  it('asks too when the app is told to quit', async () => {
    const window = await desktop.open();
    desktop.lab.emit('job.changed', job('running'));
    desktop.electron.stub.answer = 2;
    const preventDefault = vi.fn();
    desktop.electron.app.emit('before-quit', { preventDefault });
    await vi.waitFor(() => expect(desktop.electron.messages).toHaveLength(1));
    expect(preventDefault).toHaveBeenCalled();
    expect(window.visible).toBe(true);
  });
});

describe('the desktop', () => {
  const entries = (items: MenuEntry[]): MenuEntry[] =>
    items.flatMap((item) => [item, ...entries(item.submenu ?? [])]);
  const entry = (label: string) => {
    const found = entries(desktop.electron.stub.menu).find((item) => item.label === label);
    if (!found) throw new Error(`no menu entry ${label}`);
    return found;
  };

  it('has the stages in the menu as the keys of the page, not as keys it takes away', async () => {
    const window = await desktop.open();
    entry('Train').click?.();
    expect(window.webContents.keys).toMatchObject([
      { type: 'keyDown', keyCode: '3' },
      { type: 'keyUp', keyCode: '3' },
    ]);
    expect(entry('Train')).toMatchObject({ accelerator: '3', registerAccelerator: false });
  });

  it('opens a workspace through the folder dialog and says why it could not', async () => {
    await desktop.open();
    entry('Open Workspace…').click?.();
    await Promise.resolve();
    expect(desktop.lab.calls).toEqual([]); // Cancelled.
    desktop.electron.stub.folder = '/some/where';
    entry('Open Workspace…').click?.();
    await vi.waitFor(() => expect(desktop.electron.messages).toHaveLength(1));
    expect(desktop.lab.calls).toEqual([
      { method: 'workspace.open', args: { path: '/some/where' } },
    ]);
    expect(desktop.electron.messages[0]?.message).toBe('there is no workspace here');
  });

  it('gives the lab the folder dialog', async () => {
    await desktop.open();
    expect(await desktop.pickFolder('Choose')).toBeNull();
    desktop.electron.stub.folder = '/chosen';
    expect(await desktop.pickFolder('Choose')).toBe('/chosen');
  });

  it('says in a box why the lab could not start, and ends with an error', async () => {
    await desktop.launch(() => Promise.reject(new Error('the engine room is on fire')));
    await vi.waitFor(() => expect(desktop.electron.app.calls).toContain('exit 1'));
    expect(desktop.electron.messages[0]?.message).toBe('the engine room is on fire');
  });
});
