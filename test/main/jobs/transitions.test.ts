import { expect, it } from 'vitest';
import { checkMove, isFinal, mayMove } from '../../../src/main/jobs/transitions';
import { jobStates } from '../../../src/shared/domain/run';

it('lets a job that is done do nothing more', () => {
  expect(jobStates.filter((to) => mayMove('done', to))).toEqual([]);
});

it('starts a job only from the queue, or in place where it is paused', () => {
  expect(jobStates.filter((from) => mayMove(from, 'running'))).toEqual(['queued', 'paused']);
});

it('offers every unfinished end a way back into the queue', () => {
  expect(jobStates.filter((from) => mayMove(from, 'queued'))).toEqual([
    'paused',
    'failed',
    'cancelled',
    'interrupted',
  ]);
});

it('interrupts only what the worker may hold', () => {
  expect(jobStates.filter((from) => mayMove(from, 'interrupted'))).toEqual(['running', 'paused']);
});

it('never moves a job to the state it is in', () => {
  for (const state of jobStates) expect(mayMove(state, state)).toBe(false);
});

it('knows which states are final', () => {
  expect(jobStates.filter(isFinal)).toEqual(['done', 'failed', 'cancelled']);
});

it('refuses another change with both states in the sentence', () => {
  expect(() => checkMove('FGSM on Toy', 'done', 'running')).toThrow(
    'FGSM on Toy is done and cannot become running',
  );
});
