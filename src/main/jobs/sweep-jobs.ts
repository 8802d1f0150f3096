import { canonical, same } from '@shared/canonical';
import { completeSpec } from '@shared/complete-spec';
import type { Catalogue, EngineName } from '@shared/domain/catalogue';
import type { JobSpec, TrainSpec } from '@shared/domain/run';
import type { SweepMeasures, SweepRequest } from '@shared/domain/sweep';
import { LabError } from '@shared/errors';
import { checkValues } from '@shared/params';
import { combinations, draftAt, pointName, type Point } from '@shared/sweep/combine';
import { listJobsOfRun, type JobRecord, type NewJob } from '../db/jobs';
import type { ReadableDb } from '../db/handle';
import { listWeights } from '../db/weights';
import { attackJobs } from './attack-jobs';
import type { JobBoard } from './board';
import { findPlanned, planPair, type PlannedPair } from './create-pair';

type Measured = Exclude<JobSpec, { kind: 'train' | 'fit' }>;
/** A measurement of one run that is still to be named. */
export type NewMeasure = Omit<NewJob, 'createdAtMs' | 'spec'> & { readonly spec: Measured };

/** A run that a sweep needs, and what is to be measured on it. */
export interface WantedRun {
  readonly planned: PlannedPair;
  readonly spec: TrainSpec;
  readonly pairName: string;
  /** The run that is this one already; null for a new one. */
  readonly runId: number | null;
  readonly measures: readonly {
    readonly of: (runId: number) => NewMeasure;
    /** The job that does it already. */
    readonly known: JobRecord | null;
  }[];
}

/** One pair of a sweep; runs that several pairs share are the same object. */
export interface Cell {
  readonly name: string;
  readonly point: Point;
  readonly baseline: WantedRun;
  readonly twin: WantedRun;
}

/**
 * The pairs of a sweep with everything that exists of them already: a run of the same settings, data
 * and start weights, trained on this engine, and measurements of it with the same settings.
 * @throws LabError where one of them could not be started; then none should be
 */
export function sweepCells(
  board: JobBoard,
  catalogue: Catalogue,
  { draft, axes, measures }: SweepRequest,
  engine: EngineName | null,
): Cell[] {
  const { db } = board;
  const jobs = measureJobs(db, catalogue, measures);
  const wanted = new Map<string, WantedRun>();
  const want = (planned: PlannedPair, spec: TrainSpec, pairName: string): WantedRun => {
    const key = canonical(spec);
    const before = wanted.get(key);
    if (before) return before;
    const runId = findPlanned(db, planned, spec, engine) ?? null;
    const stored = runId === null ? [] : usable(listJobsOfRun(db, runId));
    const found = jobs.map((of) => {
      const asked = runId === null ? null : of(runId).spec;
      const known = stored.find((job) => asked && same(completeSpec(job.spec, catalogue), asked));
      return { of, known: known ?? null };
    });
    const run: WantedRun = { planned, spec, pairName, runId, measures: found };
    wanted.set(key, run);
    return run;
  };
  return combinations(axes).map((point) => {
    const at = draftAt(draft, point);
    const planned = planPair(board, catalogue, at);
    checkMeasured(planned, measures, jobs.length);
    return {
      name: at.name,
      point,
      baseline: want(planned, planned.base, baselineName(draft.name, point)),
      twin: want(planned, planned.twin, at.name),
    };
  });
}

/** A baseline that twins share is not called after one of them. */
function baselineName(name: string, point: Point): string {
  const own = point.filter(({ setting }) => !/^(nt|at)\./.test(setting));
  return [name, pointName(own)].filter(Boolean).join(', ');
}

/** Newest first; a job that was taken out of the queue is not what anybody wants continued. */
function usable(jobs: readonly JobRecord[]): JobRecord[] {
  return jobs.filter(({ state }) => state !== 'cancelled').reverse();
}

/** What is measured on every run, each as a function of the run. */
function measureJobs(
  db: ReadableDb,
  catalogue: Catalogue,
  { side, limit, evaluate, attacks, norms }: SweepMeasures,
): ((runId: number) => NewMeasure)[] {
  const stored = listWeights(db);
  const found: ((runId: number) => NewMeasure)[] = [];
  if (evaluate) {
    found.push((runId) => ({ spec: { kind: 'evaluate', runId, side }, action: 'Scores' }));
  }
  for (const choice of attacks) found.push(attackJobs(catalogue, { side, limit }, choice, stored));
  if (norms) {
    const params = checkValues('gradient norms', catalogue.norms, norms);
    found.push((runId) => ({
      spec: { kind: 'norms', runId, side, params, limit },
      action: 'Gradient norms',
    }));
  }
  const keys = found.map((of) => canonical(of(0).spec));
  const twice = found.find((_, i) => keys.indexOf(keys[i] ?? '') !== i)?.(0);
  if (twice) {
    throw refusal(
      `${twice.label ?? twice.action} is chosen twice with the same settings`,
      'Take one of the two out, or change its settings.',
    );
  }
  return found;
}

function checkMeasured(
  { split }: PlannedPair,
  { side, limit }: SweepMeasures,
  measures: number,
): void {
  if (limit !== null && !(Number.isSafeInteger(limit) && limit > 0)) {
    throw refusal(`the limit must be a whole number from 1, got ${limit}`, 'Correct the limit.');
  }
  if (measures > 0 && split.counts[side] === 0) {
    throw refusal(`the split ${split.name} has no ${side} images`, 'Choose another side.');
  }
}

function refusal(message: string, next: string): LabError {
  return new LabError({ kind: 'bad-input', message, safe: 'Nothing was started.', next });
}
