import { expect, it } from 'vitest';
import type { JobGroup } from '../../src/shared/domain/group';
import type { Job, JobProgress, JobState } from '../../src/shared/domain/run';
import { groupView } from '../../src/shared/group-view';

const group: JobGroup = {
  id: 1,
  kind: 'attack-grid',
  name: 'grid',
  unit: 'images',
  members: [1, 2, 3].map((jobId) => ({ jobId, units: 10 })),
  createdAtMs: 0,
};

function job(id: number, state: JobState, attackId: string, changes: Partial<Job> = {}): Job {
  const spec = { kind: 'attack' as const, runId: 1, side: 'test' as const, attackId };
  const rest = { attackVersion: 1, params: {}, run: {}, seed: 1, limit: null };
  return {
    id,
    kind: 'attack',
    spec: { ...spec, ...rest },
    runId: 1,
    title: 'job',
    state,
    note: null,
    progress: null,
    error: null,
    engine: null,
    createdAtMs: 0,
    startedAtMs: null,
    endedAtMs: null,
    ...changes,
  };
}

const progress = (done: number, unit: string, leftMs: number | null): JobProgress => ({
  done,
  total: 10,
  unit,
  phase: 'working',
  leftMs,
});

const view = (...jobs: Job[]) => groupView(group, (id) => jobs.find((one) => one.id === id));

it('adds the work of all jobs up, done ones whole and waiting ones not at all', () => {
  const now = view(
    job(1, 'done', 'a'),
    job(2, 'running', 'a', { progress: progress(4, 'images', 600) }),
    job(3, 'queued', 'a'),
  );
  expect(now).toMatchObject({ state: 'running', done: 14, total: 30, jobsDone: 1 });
  expect(now.current?.id).toBe(2);
});

it('does not take files being opened for pictures attacked', () => {
  const now = view(job(1, 'running', 'a', { progress: progress(9, 'files', 10) }));
  expect(now.done).toBe(0);
});

it('estimates the time left at the pace of the same attack where there is one', () => {
  const timed = { startedAtMs: 1000, endedAtMs: 2000 };
  // Attack a took 100 ms a picture; 10 pictures of it are left. Attack b was never timed: the mean.
  expect(view(job(1, 'done', 'a', timed), job(2, 'queued', 'a')).leftMs).toBeCloseTo(1000, 9);
  expect(
    view(
      job(1, 'done', 'a', timed),
      job(2, 'running', 'b', { progress: progress(5, 'images', 1500) }),
      job(3, 'queued', 'c'),
      // b has 300 ms a picture, a 100: c is taken for 200.
    ).leftMs,
  ).toBeCloseTo(1500 + 2000, 9);
  expect(view(job(1, 'queued', 'a')).leftMs).toBeNull();
});

it('is paused while the job that holds the worker is, whatever waits behind it', () => {
  expect(view(job(1, 'paused', 'a'), job(2, 'queued', 'a')).state).toBe('paused');
  expect(view(job(1, 'failed', 'a'), job(2, 'queued', 'a')).state).toBe('queued');
  expect(view(job(1, 'failed', 'a'), job(2, 'done', 'a')).state).toBe('failed');
  expect(view(job(1, 'done', 'a')).state).toBe('done');
});

it('leaves out jobs that are gone with their run', () => {
  expect(view(job(2, 'done', 'a'))).toMatchObject({ total: 10, done: 10 });
});

it('counts whole jobs where a group is of several kinds, one under way by its share of real work', () => {
  const mixed: JobGroup = {
    ...group,
    unit: 'jobs',
    members: group.members.map(({ jobId }) => ({ jobId, units: 1 })),
  };
  const spec = { kind: 'train' as const, runId: 1 };
  const training = (unit: string) =>
    job(2, 'running', '', { kind: 'train', spec, progress: progress(4, unit, 600) });
  const of = (unit: string) => {
    const jobs = [job(1, 'done', 'a'), training(unit), job(3, 'queued', 'a')];
    return groupView(mixed, (id) => jobs.find((one) => one.id === id));
  };
  expect(of('steps')).toMatchObject({ done: 1.4, total: 3, jobsDone: 1 });
  // Pictures that are opened before the first step are not steps.
  expect(of('images').done).toBe(1);
  // 600 ms for the rest of the training; 0.6 of a job in 600 ms is the only pace known: 1000 ms more.
  expect(of('steps').leftMs).toBeCloseTo(1600, 9);
});
