import type { Catalogue, EngineName } from '@shared/domain/catalogue';
import type { SweepPlan, SweepRequest } from '@shared/domain/sweep';
import { must } from '@shared/errors';
import { axesName, pointName } from '@shared/sweep/combine';
import { twinKind, twinName } from '@shared/twin';
import { findGroup, insertGroup } from '../db/groups';
import type { ReadableDb, WritableDb } from '../db/handle';
import { insertJob } from '../db/jobs';
import { finishedImages } from '../db/results';
import { findPairOf, getRun, insertPair, insertSeries, setPairSeries } from '../db/runs';
import { attackPaces } from './attack-pace';
import type { JobBoard } from './board';
import { epochsOf, insertTraining } from './create-pair';
import { batchPaces, trainingPaces } from './pace';
import { sweepCells, type Cell, type NewMeasure, type WantedRun } from './sweep-jobs';

/** Every run of the cells once, in the order in which they are to be trained. */
function runsOf(cells: readonly Cell[]): WantedRun[] {
  return [...new Set(cells.flatMap(({ baseline, twin }) => [baseline, twin]))];
}

/** What a sweep would do, job by job; nothing is stored. @throws LabError `bad-input` */
export function planSweep(
  board: JobBoard,
  catalogue: Catalogue,
  request: SweepRequest,
  engine: EngineName | null,
): SweepPlan {
  const { db } = board;
  const cells = sweepCells(board, catalogue, request, engine);
  const estimate = estimates(db, request.measures.limit);
  return {
    pairs: cells.length,
    jobs: runsOf(cells).flatMap((run) => {
      const { spec, pairName, runId } = run;
      const regime = twinKind(spec) ? ('nt' as const) : ('baseline' as const);
      const runName = [pairName, twinName(spec)].filter(Boolean).join(' ');
      const common = { regime, runName };
      const known = runId === null ? null : getRun(db, runId);
      const training = {
        ...common,
        kind: 'train' as const,
        label: 'Training',
        jobId: known?.trainJobId ?? null,
        done: known?.state === 'done',
        estimateMs: known?.state === 'done' ? 0 : estimate.training(run, known?.epochsDone ?? 0),
      };
      const measures = run.measures.map(({ of, known: job }) => {
        const measure = of(runId ?? 0);
        const done = job?.state === 'done';
        const finished = job ? finishedImages(db, measure.spec.kind, job.id).size : 0;
        return {
          ...common,
          kind: measure.spec.kind,
          label: measure.label ?? measure.action,
          jobId: job?.id ?? null,
          done,
          estimateMs: done ? 0 : estimate.measure(run, measure, finished),
        };
      });
      return [training, ...measures];
    }),
  };
}

/** Times from earlier work in the workspace, in milliseconds; null where there is none. */
function estimates(db: ReadableDb, limit: number | null) {
  const epoch = trainingPaces(db);
  const attack = attackPaces(db);
  const batch = batchPaces(db);
  return {
    training({ planned: { model }, spec }: WantedRun, epochsDone: number): number | null {
      const pace = epoch(model, spec);
      return pace === null ? null : pace * Math.max(0, epochsOf(model, spec) - epochsDone);
    },
    measure({ planned, spec: { modelId } }: WantedRun, { spec }: NewMeasure, finished: number) {
      const count = planned.split.counts[spec.side];
      const images = spec.kind === 'evaluate' ? count : Math.min(count, limit ?? count);
      const pace = spec.kind === 'attack' ? attack(modelId, spec) : batch(modelId, spec.kind);
      return pace === null ? null : pace * Math.max(0, images - finished);
    },
  };
}

/**
 * Queues what does not exist yet of a sweep and binds all of it into a group: pair after pair, each
 * with what is measured on it, so that figures fill from the first pair on.
 * @returns the group's id
 * @throws LabError of the first pair or measurement that is refused; then nothing was queued
 */
export function startSweep(
  board: JobBoard,
  catalogue: Catalogue,
  request: SweepRequest,
  engine: EngineName | null,
): number {
  const { db } = board;
  const createdAtMs = Date.now();
  const started: number[] = [];
  const { groupId, runIds, datasetIds } = db.transaction(() => {
    const cells = sweepCells(board, catalogue, request, engine);
    const stored = new Map<WantedRun, number>();
    const members: number[] = [];
    const train = (run: WantedRun): WantedRun[] => {
      if (stored.has(run)) return [];
      const { planned, spec, pairName, runId } = run;
      const trained =
        runId === null
          ? insertTraining(db, planned, spec, pairName, createdAtMs)
          : { runId, jobId: getRun(db, runId).trainJobId };
      if (runId === null) started.push(trained.jobId);
      members.push(trained.jobId);
      stored.set(run, trained.runId);
      return [run];
    };
    for (const { baseline, twin } of cells) {
      for (const run of [...train(baseline), ...train(twin)]) {
        for (const { of, known } of run.measures) {
          const jobId = known?.id ?? insertJob(db, { ...of(idOf(stored, run)), createdAtMs });
          if (!known) started.push(jobId);
          members.push(jobId);
        }
      }
    }
    storePairs(db, request, cells, stored, createdAtMs);
    const group = {
      kind: 'sweep' as const,
      name: request.name.trim() || `${request.draft.name}, ${axesName(request.axes)}`,
      unit: 'jobs',
      members: members.map((jobId) => ({ jobId, units: 1 })),
      createdAtMs,
    };
    return {
      groupId: findGroup(db, 'sweep', members) ?? insertGroup(db, group),
      runIds: [...stored.values()],
      datasetIds: new Set(cells.map(({ twin }) => twin.planned.dataset.id)),
    };
  });
  for (const id of started) board.tell(board.get(id));
  // Also runs that were there: they may be part of new pairs.
  for (const id of runIds) board.tellRun(id);
  for (const datasetId of datasetIds) board.events.emit('split.changed', { datasetId });
  return groupId;
}

/**
 * Stores the pairs that do not exist. Those that differ in the seed only are repeats of one pair: they
 * join the series of those that are repeats already, or begin one.
 */
function storePairs(
  db: WritableDb,
  { draft, axes }: SweepRequest,
  cells: readonly Cell[],
  stored: ReadonlyMap<WantedRun, number>,
  createdAtMs: number,
): void {
  const repeated = axes.some(({ setting, values }) => setting === 'seed' && values.length > 1);
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const rest = pointName(cell.point.filter(({ setting }) => setting !== 'seed'));
    groups.set(rest, [...(groups.get(rest) ?? []), cell]);
  }
  for (const [rest, members] of groups) {
    const found = members.map((cell) => ({
      cell,
      baselineRunId: idOf(stored, cell.baseline),
      ntRunId: idOf(stored, cell.twin),
    }));
    const known = found.map(({ baselineRunId, ntRunId }) => findPairOf(db, baselineRunId, ntRunId));
    const series = known.find((pair) => pair?.series?.over === 'seeds')?.series;
    const name = [draft.name, rest].filter(Boolean).join(', ');
    const seriesId = repeated
      ? (series?.id ?? insertSeries(db, { name, over: 'seeds' }, createdAtMs))
      : null;
    found.forEach(({ cell, baselineRunId, ntRunId }, i) => {
      const pair = known[i];
      if (!pair) {
        insertPair(db, { name: cell.name, baselineRunId, ntRunId, seriesId, createdAtMs });
      } else if (seriesId !== null && !pair.series) setPairSeries(db, pair.id, seriesId);
    });
  }
}

function idOf(stored: ReadonlyMap<WantedRun, number>, run: WantedRun): number {
  return must(stored.get(run), 'stored with its cell');
}
