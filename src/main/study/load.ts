import type { Job, Pair } from '@shared/domain/run';
import { defenceText } from '@shared/defence-text';
import type {
  Study,
  StudyAttack,
  StudyDefended,
  StudyRun,
  StudySelection,
} from '@shared/domain/study';
import { toLab } from '@shared/lab-scale';
import { withCrossFlags } from '@shared/study/cross-flags';
import { getDataset, listSideImages } from '../db/datasets';
import type { ReadableDb } from '../db/handle';
import type { JobRecord } from '../db/jobs';
import { listJobsOfRun } from '../db/jobs';
import {
  finishedImages,
  listAttacks,
  listJobWarnings,
  listNorms,
  listRunWarnings,
  listScores,
  listTraces,
} from '../db/results';
import { getRun, getRunFacts, listPairs } from '../db/runs';
import { getSplit } from '../db/splits';
import { listEpochs, thinnedSteps } from '../db/training';
import type { Layout } from '../workspace/layout';
import { fromStoredPath } from '../workspace/layout';
import { distinctLabels } from './labels';

/** Points of a loss curve; a figure 7 inches wide shows fewer. */
const maxSteps = 2000;

type Of<Kind extends Job['kind']> = JobRecord & {
  readonly spec: Extract<JobRecord['spec'], { readonly kind: Kind }>;
};

/**
 * Everything stored about a selection of runs, in the order asked: the input of every figure and
 * table. Of repeated measurements the newest complete one counts, else the newest that has rows.
 * @throws LabError `not-found`
 */
export function loadStudy(
  { db, layout }: { readonly db: ReadableDb; readonly layout: Layout },
  selection: StudySelection,
): Study {
  const chosen = new Set(selection.runIds);
  const runs = [...chosen].map((id) => loadRun(db, layout, id, selection.side));
  distinctLabels(runs.flatMap((run) => run.attacks));
  const pairs = listPairs(db).filter(
    // A baseline that several pairs share does not bring all of them.
    (pair: Pair) =>
      chosen.has(pair.ntRunId) ||
      runs.some(({ run }) => run.id === pair.baselineRunId && run.pairIds.length === 1),
  );
  return { selection, pairs, runs };
}

function loadRun(
  db: ReadableDb,
  layout: Layout,
  id: number,
  side: StudySelection['side'],
): StudyRun {
  const run = getRun(db, id);
  const dataset = getDataset(db, run.spec.datasetId);
  const split = getSplit(db, run.spec.splitId);
  const { modelTitle, slot } = getRunFacts(db, id);
  const jobs = listJobsOfRun(db, id);
  const scored = measured(db, jobs, 'evaluate', side);
  const scores = newestOf(scored.filter(({ spec }) => !spec.defence));
  const norms = newestOf(measured(db, jobs, 'norms', side));
  return {
    run,
    dataset: { ...dataset, root: fromStoredPath(layout, dataset.root) },
    split,
    modelTitle,
    slot,
    images: listSideImages(db, split.id, side).map(
      ({ id: imageId, name, score, width, height }) => ({
        id: imageId,
        name,
        mos: toLab(score, dataset.scoreKind, split.scoreMin, split.scoreMax),
        rawScore: score,
        width,
        height,
      }),
    ),
    scores: scores && {
      jobId: scores.id,
      complete: scores.state === 'done',
      rows: listScores(db, scores.id),
    },
    defended: defendedOf(db, scored),
    attacks: withCrossFlags(attacksOf(db, jobs, side)),
    norms: norms && {
      jobId: norms.id,
      spec: norms.spec,
      complete: norms.state === 'done',
      rows: listNorms(db, norms.id),
    },
    epochs: listEpochs(db, id),
    steps: thinnedSteps(db, id, 0, maxSteps),
    warnings: listRunWarnings(db, id),
  };
}

/** Jobs of one kind and side that have rows, newest first. */
function measured<Kind extends 'evaluate' | 'attack' | 'norms'>(
  db: ReadableDb,
  jobs: readonly JobRecord[],
  kind: Kind,
  side: StudySelection['side'],
): Of<Kind>[] {
  return jobs
    .filter(
      (job): job is Of<Kind> =>
        job.spec.kind === kind && 'side' in job.spec && job.spec.side === side,
    )
    .filter((job) => job.state === 'done' || finishedImages(db, kind, job.id).size > 0)
    .reverse();
}

/** Of jobs, newest first: the newest complete one, else the newest. */
function newestOf<T extends JobRecord>(jobs: readonly T[]): T | null {
  return jobs.find((job) => job.state === 'done') ?? jobs[0] ?? null;
}

/** Scores behind every defence that was tried, in the order they were first asked for. */
function defendedOf(db: ReadableDb, scored: readonly Of<'evaluate'>[]): StudyDefended[] {
  const bySpec = new Map<string, Of<'evaluate'>[]>();
  for (const job of scored) {
    if (!job.spec.defence) continue;
    const key = JSON.stringify(job.spec);
    bySpec.set(key, [...(bySpec.get(key) ?? []), job]);
  }
  return [...bySpec.values()]
    .flatMap((jobs) => newestOf(jobs) ?? [])
    .sort((a, b) => a.id - b.id)
    .map((job) => ({
      jobId: job.id,
      spec: job.spec,
      label: job.spec.defence ? defenceText(job.spec.defence) : job.title,
      complete: job.state === 'done',
      rows: listScores(db, job.id),
    }));
}

/** The attack batches, one per distinct description, in the order they were first asked for. */
export function attacksOf(
  db: ReadableDb,
  jobs: readonly JobRecord[],
  side: StudySelection['side'],
): StudyAttack[] {
  const bySpec = new Map<string, Of<'attack'>>();
  for (const job of measured(db, jobs, 'attack', side)) {
    const key = JSON.stringify(job.spec);
    const known = bySpec.get(key);
    if (!known || (known.state !== 'done' && job.state === 'done')) bySpec.set(key, job);
  }
  return [...bySpec.values()]
    .sort((a, b) => a.id - b.id)
    .map((job) => ({
      jobId: job.id,
      spec: job.spec,
      title: job.title,
      label: job.label ?? job.title,
      access: job.access ?? 'white-box',
      complete: job.state === 'done',
      rows: listAttacks(db, job.id),
      ...(job.spec.traces ? { traces: listTraces(db, job.id) } : {}),
      warnings: listJobWarnings(db, job.id),
    }));
}
