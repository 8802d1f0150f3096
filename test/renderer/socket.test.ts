import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LabError } from '@shared/errors';
import { SocketConnection } from '../../src/renderer/rpc/socket';

/** A socket that the test opens, closes and speaks through. */
class FakeSocket extends EventTarget {
  readonly sent: { id: number; method: string; args: unknown }[] = [];
  send(text: string): void {
    this.sent.push(JSON.parse(text) as { id: number; method: string; args: unknown });
  }
  open(): void {
    this.dispatchEvent(new Event('open'));
  }
  close(): void {
    this.dispatchEvent(new Event('close'));
  }
  receive(message: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }
}

let sockets: FakeSocket[] = [];
function connect(): SocketConnection {
  return new SocketConnection('ws://lab/rpc', () => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket as unknown as WebSocket;
  });
}
const newest = (): FakeSocket => sockets.at(-1) as FakeSocket;

beforeEach(() => {
  sockets = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

test('a call made before the socket opens is sent when it does', async () => {
  const connection = connect();
  const jobs = connection.call('job.list', {});
  expect(newest().sent).toEqual([]);
  newest().open();
  expect(newest().sent).toEqual([{ id: 1, method: 'job.list', args: {} }]);
  newest().receive({ id: 1, result: [] });
  await expect(jobs).resolves.toEqual([]);
});

test('replies find their calls in any order', async () => {
  const connection = connect();
  newest().open();
  const first = connection.call('run.list', {});
  const second = connection.call('pair.list', {});
  newest().receive({ id: 2, result: ['pairs'] });
  newest().receive({ id: 1, result: ['runs'] });
  await expect(first).resolves.toEqual(['runs']);
  await expect(second).resolves.toEqual(['pairs']);
});

test('an error arrives as a LabError with its three parts', async () => {
  const connection = connect();
  newest().open();
  const call = connection.call('workspace.open', { path: '/x' });
  newest().receive({
    id: 1,
    error: { kind: 'newer-version', message: 'made by 2.0', safe: 'untouched', next: 'update' },
  });
  const error = await call.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(LabError);
  expect(error).toMatchObject({ kind: 'newer-version', safe: 'untouched', next: 'update' });
});

test('calls in flight are rejected when the line breaks, and a call while it is down at once', async () => {
  const connection = connect();
  newest().open();
  const call = connection.call('job.list', {});
  newest().close();
  expect(connection.status).toBe('lost');
  await expect(call).rejects.toThrow(/broke before it could answer "job.list"/);
  await expect(connection.call('run.list', {})).rejects.toThrow(/run.list/);
});

test('a broken line is tried again and reported as open when it is back', () => {
  const connection = connect();
  const heard: string[] = [];
  connection.onStatus((status) => heard.push(status));
  newest().open();
  newest().close();
  vi.advanceTimersByTime(400);
  expect(sockets).toHaveLength(2);
  newest().open();
  expect(heard).toEqual(['open', 'lost', 'open']);
});

test('retries slow down but never stop', () => {
  connect();
  for (let i = 0; i < 12; i++) {
    newest().close();
    vi.advanceTimersByTime(5_000);
  }
  expect(sockets).toHaveLength(13);
});

test('a reply from before the break is dropped after it', async () => {
  const connection = connect();
  newest().open();
  const stale = newest();
  const lost = connection.call('job.list', {});
  stale.close();
  await expect(lost).rejects.toThrow();
  vi.advanceTimersByTime(400);
  newest().open();
  expect(() => stale.receive({ id: 1, result: ['late'] })).not.toThrow();
});

test('events reach their listeners until these unsubscribe', () => {
  const connection = connect();
  newest().open();
  const heard: unknown[] = [];
  const end = connection.on('job.removed', (data) => heard.push(data));
  newest().receive({ event: 'job.removed', data: { id: 4 } });
  newest().receive({ event: 'dataset.changed', data: {} });
  end();
  newest().receive({ event: 'job.removed', data: { id: 5 } });
  expect(heard).toEqual([{ id: 4 }]);
});
