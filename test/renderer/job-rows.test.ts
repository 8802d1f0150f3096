import { expect, test } from 'vitest';
import { JobRows } from '../../src/renderer/state/job-rows.svelte';
import { Notices } from '../../src/renderer/state/notices.svelte';
import { MockConnection } from './mock/client';

/** Reads that the test answers one by one. */
function reader() {
  const asked: ((rows: readonly string[]) => void)[] = [];
  return {
    asked,
    read: () => new Promise<readonly string[]>((resolve) => asked.push(resolve)),
  };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const rows = (id: number) => ({ id, runId: 1, rows: 5 });

test('announcements during a read ask for exactly one more', async () => {
  const client = new MockConnection();
  const { asked, read } = reader();
  const store = new JobRows(client, new Notices(), read);
  store.watch(7);
  client.listeners.emit('job.rows', rows(7));
  client.listeners.emit('job.rows', rows(7));
  expect(asked).toHaveLength(1);
  asked[0]?.(['a']);
  await settled();
  expect(store.get(7)).toEqual(['a']);
  expect(asked).toHaveLength(2);
  asked[1]?.(['a', 'b']);
  await settled();
  expect(store.get(7)).toEqual(['a', 'b']);
  expect(asked).toHaveLength(2);
});

test('only jobs in view are read', () => {
  const client = new MockConnection();
  const { asked, read } = reader();
  const store = new JobRows(client, new Notices(), read);
  client.listeners.emit('job.rows', rows(7));
  const end = store.watch(8);
  end();
  client.listeners.emit('job.rows', rows(8));
  expect(asked).toHaveLength(1);
});

test('a failed read is reported and does not stop the next one', async () => {
  const client = new MockConnection();
  const notices = new Notices();
  let failing = true;
  const store = new JobRows(client, notices, () =>
    failing ? Promise.reject(new Error('disk')) : Promise.resolve(['ok']),
  );
  store.watch(7);
  await settled();
  expect(notices.items).toHaveLength(1);
  failing = false;
  client.listeners.emit('job.rows', rows(7));
  await settled();
  expect(store.get(7)).toEqual(['ok']);
});
