import { beforeEach, describe, expect, it, vi } from 'vitest';
import { callChannel, eventChannel } from '@shared/bridge-channels';
import { events, methods } from '@shared/rpc';

interface Bridge {
  call(method: unknown, args: unknown): Promise<unknown>;
  on(event: unknown, listener: (data: unknown) => void): () => void;
  pathOf(file: File): string;
}
type Receive = (event: unknown, message: unknown) => void;

const exposed = new Map<string, unknown>();
const listeners = new Set<Receive>();
const invoke = vi.fn<(...args: unknown[]) => Promise<string>>(() => Promise.resolve('answer'));
vi.mock('electron', () => ({
  webUtils: { getPathForFile: (file: File) => `/home/ada/${file.name}` },
  contextBridge: { exposeInMainWorld: (name: string, value: unknown) => exposed.set(name, value) },
  ipcRenderer: {
    invoke,
    on: (channel: string, listener: Receive) => channel === eventChannel && listeners.add(listener),
    off: (_channel: string, listener: Receive) => listeners.delete(listener),
  },
}));

let bridge: Bridge;
beforeEach(async () => {
  invoke.mockClear();
  listeners.clear();
  vi.resetModules();
  await import('../../../src/preload');
  bridge = exposed.get('lab') as Bridge;
});

describe('the bridge of the page', () => {
  it('offers call, on and the path of a dropped file, and nothing of Electron', () => {
    expect([...exposed.keys()]).toEqual(['lab']);
    expect(Object.keys(bridge)).toEqual(['call', 'on', 'pathOf']);
  });

  it('passes every method of the contract and no other', async () => {
    for (const method of Object.keys(methods)) {
      await expect(bridge.call(method, { a: 1 })).resolves.toBe('answer');
      expect(invoke).toHaveBeenLastCalledWith(callChannel, { method, args: { a: 1 } });
    }
    invoke.mockClear();
    for (const method of ['constructor', '__proto__', 'shell.openExternal', 5, null]) {
      await expect(bridge.call(method, {})).rejects.toThrow('there is no method');
    }
    expect(invoke).not.toHaveBeenCalled();
  });

  it('hands over the data of the event asked for, without its sender, until told to stop', () => {
    const received: unknown[] = [];
    const end = bridge.on('job.removed', (...args) => received.push(args));
    const send = (message: unknown) => listeners.forEach((listener) => listener('secret', message));
    send({ event: 'job.removed', data: { id: 1 } });
    send({ event: 'job.changed', data: { id: 2 } });
    end();
    send({ event: 'job.removed', data: { id: 3 } });
    expect(received).toEqual([[{ id: 1 }]]);
  });

  it('says where a dropped file lies', () => {
    expect(bridge.pathOf(new File([], 'scnn.pkl'))).toBe('/home/ada/scnn.pkl');
  });

  it('refuses events the contract does not have', () => {
    for (const event of Object.keys(events)) bridge.on(event, () => undefined)();
    expect(() => bridge.on('will-quit', () => undefined)).toThrow('there is no event');
  });
});
