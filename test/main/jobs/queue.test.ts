import { expect, it } from 'vitest';
import type { Waiting } from '../../../src/main/jobs/queue';
import { planQueue } from '../../../src/main/jobs/queue';
import type { JobState } from '../../../src/shared/domain/run';

const train = (id: number): Waiting => ({ id, kind: 'train', runName: 'A', training: 'queued' });
const batch = (id: number, training: JobState): Waiting => ({
  id,
  kind: 'attack',
  runName: 'A',
  training,
});

it('starts the first job that may start and lets it pass those that wait for a training', () => {
  const plan = planQueue([batch(1, 'running'), train(2), train(3)], null);
  expect(plan.start).toBe(2);
  expect([...plan.notes]).toEqual([
    [1, 'waits for the training of A'],
    [3, null],
  ]);
});

it('starts nothing while the worker is taken, and says what takes it', () => {
  const plan = planQueue([train(1), batch(2, 'done')], 'waits for B');
  expect(plan.start).toBeNull();
  expect([...plan.notes.values()]).toEqual(['waits for B', 'waits for B']);
});

it.each(['failed', 'cancelled'] as const)('cancels a batch whose training was %s', (training) => {
  const plan = planQueue([batch(1, training)], null);
  expect(plan.start).toBeNull();
  expect(plan.cancel.get(1)).toMatch(`the training of A`);
  expect(plan.cancel.get(1)).toMatch(training);
});

it('keeps a batch waiting behind an interrupted training and says what to do', () => {
  const plan = planQueue([batch(1, 'interrupted')], null);
  expect(plan.cancel.size).toBe(0);
  expect(plan.notes.get(1)).toMatch('resume it');
});
