import { expect, test } from 'vitest';
import { must } from '@shared/errors';
import { FrameBatch } from '../../src/renderer/state/frame-batch';
import { Jobs } from '../../src/renderer/state/jobs.svelte';
import { Live } from '../../src/renderer/state/live.svelte';
import { Notices } from '../../src/renderer/state/notices.svelte';
import { appendSteps, MOST_STEPS } from '../../src/renderer/state/step-window';
import { MockConnection } from './mock/client';
import { steps } from './mock/data';

/** A frame that comes when the test says so. */
function frames(): { readonly schedule: (flush: () => void) => void; readonly draw: () => number } {
  let waiting: (() => void)[] = [];
  return {
    schedule: (flush) => waiting.push(flush),
    draw: () => {
      const flushed = waiting;
      waiting = [];
      for (const flush of flushed) flush();
      return flushed.length;
    },
  };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test('a burst within one frame is handed over once, in order', () => {
  const { schedule, draw } = frames();
  const seen: (readonly number[])[] = [];
  const batch = new FrameBatch<number>((items) => seen.push(items), schedule);
  for (let i = 0; i < 50; i++) batch.push(i);
  expect(draw()).toBe(1);
  expect(seen).toHaveLength(1);
  expect(seen[0]).toEqual(Array.from({ length: 50 }, (_, i) => i));
  batch.push(50);
  draw();
  expect(seen[1]).toEqual([50]);
});

test('steps that were already known are not drawn twice', () => {
  const known = steps(1, 0, 10);
  expect(appendSteps(known, steps(1, 5, 12)).map((step) => step.step)).toEqual(
    Array.from({ length: 12 }, (_, i) => i + 1),
  );
  expect(appendSteps(known, steps(1, 0, 10))).toBe(known);
});

test('a long curve stays bounded, keeps both ends and every step of its newest half', () => {
  let curve = steps(1, 0, 0);
  for (let from = 0; from < 560_000; from += 2_000) {
    const arrived = Array.from({ length: 2_000 }, (_, i) => ({
      ...must(steps(1, 0, 1)[0], 'one step'),
      step: from + i + 1,
    }));
    curve = [...appendSteps(curve, arrived)];
  }
  expect(curve.length).toBeLessThanOrEqual(MOST_STEPS);
  expect(curve[0]?.step).toBe(1);
  expect(curve.at(-1)?.step).toBe(560_000);
  const newest = curve.slice(-1_000).map((step) => step.step);
  expect(newest).toEqual(Array.from({ length: 1_000 }, (_, i) => 559_001 + i));
});

test('stored steps and those that arrive meanwhile make one curve', async () => {
  const { schedule, draw } = frames();
  const client = new MockConnection({
    'run.steps': () => ({ steps: steps(2, 0, 20), stored: 20 }),
  });
  const live = new Live(client, new Notices(), schedule);
  const run = live.of(2);
  client.listeners.emit('run.steps', { id: 2, steps: steps(2, 20, 23) });
  client.listeners.emit('run.steps', { id: 9, steps: steps(9, 0, 3) });
  draw();
  await settled();
  expect(run.steps.map((step) => step.step)).toEqual(Array.from({ length: 23 }, (_, i) => i + 1));
  client.listeners.emit('run.steps', { id: 2, steps: steps(2, 22, 25) });
  draw();
  expect(run.steps.at(-1)?.step).toBe(25);
  expect(run.steps).toHaveLength(25);
});

test('an epoch that is reported again after a resume replaces itself', async () => {
  const client = new MockConnection();
  const live = new Live(client, new Notices(), frames().schedule);
  const run = live.of(4);
  await settled();
  const before = run.epochs.length;
  const last = must(run.epochs.at(-1), 'an epoch');
  client.listeners.emit('run.epoch', { id: 4, epoch: { ...last, validationSrocc: 0.9 } });
  expect(run.epochs).toHaveLength(before);
  expect(run.epochs.at(-1)?.validationSrocc).toBe(0.9);
});

test('progress of a job reaches the screen once per frame with its newest value', async () => {
  const { schedule, draw } = frames();
  const client = new MockConnection();
  const jobs = new Jobs(client, new Notices(), schedule);
  await jobs.load();
  for (let done = 281; done <= 300; done++) {
    const progress = { done, total: 700, unit: 'steps', phase: 'training', leftMs: null };
    client.listeners.emit('job.progress', { id: 4, progress });
  }
  expect(jobs.get(4)?.progress?.done).toBe(280);
  expect(draw()).toBe(1);
  expect(jobs.get(4)?.progress?.done).toBe(300);
});

test('jobs sort themselves into running, queued and unfinished', async () => {
  const client = new MockConnection();
  const jobs = new Jobs(client, new Notices(), frames().schedule);
  await jobs.load();
  expect(jobs.running.map((job) => job.id)).toEqual([4]);
  expect(jobs.unfinished.map((job) => job.id)).toEqual([11]);
  await jobs.pause(4);
  expect(jobs.running).toEqual([]);
  expect(jobs.unfinished.map((job) => job.id)).toEqual([4, 11]);
  client.listeners.emit('job.removed', { id: 11 });
  expect(jobs.unfinished.map((job) => job.id)).toEqual([4]);
});

test('a refused verb becomes a notice and changes nothing', async () => {
  const notices = new Notices();
  const client = new MockConnection({
    'job.pause': () => {
      throw new Error('the worker does not answer');
    },
  });
  const jobs = new Jobs(client, notices, frames().schedule);
  await jobs.load();
  await jobs.pause(4);
  expect(jobs.get(4)?.state).toBe('running');
  expect(notices.items.map((item) => item.error?.message)).toEqual(['the worker does not answer']);
});
