import { expect, test } from 'vitest';
import { must } from '@shared/errors';
import { Notices } from '../../src/renderer/state/notices.svelte';
import { scoresOf } from '../../src/renderer/state/point-scores';
import { attackToRepeat, remedies, startRemedy } from '../../src/renderer/state/run-missing';
import { Runs } from '../../src/renderer/state/runs.svelte';
import { StudyState } from '../../src/renderer/state/study.svelte';
import { catalogue } from './mock/catalogue';
import { MockConnection } from './mock/client';
import { datasets, images, jobs } from './mock/data';
import { study as mockStudy } from './mock/study';

async function setUp(client = new MockConnection()) {
  const runs = new Runs(client, new Notices());
  await runs.load();
  return { client, state: new StudyState(client, new Notices(), runs) };
}
const pictures = images(must(datasets[0], 'a data set')).slice(-20);

test('the newest pair with both twins trained is chosen first', async () => {
  const { state } = await setUp();
  expect(state.pairIds).toEqual([1]);
  expect(state.selection).toEqual({ runIds: [1, 2], side: 'test' });
});

test('the repeats of a series are chosen together, and given up together', async () => {
  const client = new MockConnection();
  const pairs = (await client.call('pair.list', {})).map((pair) => ({
    ...pair,
    series: { id: 5, name: 'CNNIQA', over: 'seeds' as const },
  }));
  const { state } = await setUp(new MockConnection({ 'pair.list': () => pairs }));
  const ids = pairs.map(({ id }) => id);
  state.togglePairs(ids);
  expect([...state.pairIds].sort()).toEqual([...ids].sort());
  expect(state.selection.runIds).toHaveLength(2 * ids.length);
  state.togglePairs(ids);
  expect(state.isEmpty).toBe(true);
});

test('a reply to an older selection is never shown', async () => {
  const waiting: (() => void)[] = [];
  const client = new MockConnection({
    'study.load': (selection) =>
      new Promise((resolve) => waiting.push(() => resolve(mockStudy(selection, pictures)))),
  });
  const { state } = await setUp(client);
  const first = state.load();
  state.togglePair(2);
  const second = state.load();
  waiting[1]?.();
  await second;
  expect(state.current?.runs).toHaveLength(4);
  waiting[0]?.();
  await first;
  expect(state.current?.runs).toHaveLength(4);
  expect(state.loading).toBe(false);
});

test('new results make a loaded study stale, and only reading it again makes it fresh', async () => {
  const { client, state } = await setUp();
  await state.load();
  const done = must(
    jobs.find((job) => job.kind === 'norms'),
    'a norms job',
  );
  client.listeners.emit('job.changed', { ...done, runId: 99 });
  expect(state.stale).toBe(false);
  client.listeners.emit('job.changed', done);
  expect(state.stale).toBe(true);
  await state.ensure();
  expect(state.stale).toBe(true);
  await state.load();
  expect(state.stale).toBe(false);
});

test('a chosen point finds its scores, attack and norm in its own run', () => {
  const study = mockStudy({ runIds: [1, 2], side: 'test' }, pictures);
  const image = must(pictures[3], 'a picture');
  const run = must(study.runs[1], 'the twin');
  const row = must(
    run.attacks[0]?.rows.find((one) => one.imageId === image.id),
    'an attacked picture',
  );
  const found = scoresOf(study, { runId: 2, imageId: image.id }, { scored: 'eight-bit' });
  expect(found).toMatchObject({ regime: 'nt', before: row.clean, after: row.attackedEightBit });
  expect(found?.norm).toBeGreaterThan(0);
  expect(scoresOf(study, { runId: 2, imageId: -1 }, { scored: 'float' })).toBeNull();
});

test('missing results are grouped by the job that makes them, in the order of the method', () => {
  const found = remedies([
    { action: 'norms', runId: 2, reason: 'no norms' },
    { action: 'attack', runId: 1, reason: 'not attacked' },
    { action: 'attack', runId: 2, reason: 'not attacked either' },
  ]);
  expect(found.map(({ action, runIds }) => [action, runIds])).toEqual([
    ['attack', [1, 2]],
    ['norms', [2]],
  ]);
});

test('a missing attack repeats the settings already used on the other twin', async () => {
  const study = mockStudy({ runIds: [1, 2], side: 'test' }, pictures);
  const twin = must(study.runs[1], 'the twin');
  const half = { ...study, runs: [must(study.runs[0], 'the baseline'), { ...twin, attacks: [] }] };
  const options = { scored: 'float' } as const;
  expect(attackToRepeat(half, options, catalogue)).toMatchObject({ params: { epsilon: 0.005 } });
  const client = new MockConnection();
  const [remedy] = remedies([{ action: 'attack', runId: 2, reason: 'not attacked' }]);
  await startRemedy(client, must(remedy, 'a remedy'), half, options, catalogue);
  expect(client.calls).toEqual([
    {
      method: 'attack.start',
      args: {
        runIds: [2],
        side: 'test',
        attackId: 'fgsm',
        params: { epsilon: 0.005, loss: 'mid' },
        run: { unit: 'crop', keep: 24 },
        seed: 1,
        limit: null,
      },
    },
  ]);
});
