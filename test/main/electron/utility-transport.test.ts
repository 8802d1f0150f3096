import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkerMessage } from '@shared/worker-protocol';
import type { WorkerExit } from '../../../src/main/jobs/worker-transport';
import { createElectronStub } from '../../helpers/electron-stub';

let electron: ReturnType<typeof createElectronStub>;

beforeEach(() => {
  electron = createElectronStub();
  vi.resetModules();
  vi.doMock('electron', () => electron.module);
});

async function connect() {
  const { utilityTransport } = await import('../../../src/main/shells/electron/utility-transport');
  const messages: WorkerMessage[] = [];
  const exits: WorkerExit[] = [];
  const connection = utilityTransport('/out/main/worker.js')({
    message: (message) => messages.push(message),
    exit: (exit) => exits.push(exit),
  });
  const child = electron.forks[0];
  if (!child) throw new Error('nothing was forked');
  return { connection, child, messages, exits };
}

describe('utilityTransport', () => {
  it('carries messages both ways', async () => {
    const { connection, child, messages } = await connect();
    connection.send({ type: 'shutdown' });
    child.emit('message', { type: 'alive', memoryBytes: 5 });
    expect(child.entry).toBe('/out/main/worker.js');
    expect(child.posted).toEqual([{ type: 'shutdown' }]);
    expect(messages).toEqual([{ type: 'alive', memoryBytes: 5 }]);
    expect(connection.pid).toBe(4321);
  });

  it('tells the exit once, with what the worker last wrote', async () => {
    const { connection, child, exits } = await connect();
    child.stderr.emit('data', 'x'.repeat(9000));
    child.stderr.emit('data', 'out of memory');
    connection.kill();
    expect(exits).toHaveLength(1);
    expect(exits[0]).toMatchObject({ code: 9, signal: null });
    expect(exits[0]?.stderr).toMatch(/x+out of memory$/);
    expect(exits[0]?.stderr).toHaveLength(8000);
  });
});
