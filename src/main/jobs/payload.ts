import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Split, Dataset } from '@shared/domain/dataset';
import type { FitSpec, Run } from '@shared/domain/run';
import { LabError, must } from '@shared/errors';
import { labAffine, toLab } from '@shared/lab-scale';
import type { ParamValues } from '@shared/params';
import type { JobImage, JobPayload, TrialPayload } from '@shared/worker-protocol';
import type { LocatedImage } from '../db/datasets';
import { getDataset, listSideImages } from '../db/datasets';
import type { ReadableDb } from '../db/handle';
import type { JobRecord } from '../db/jobs';
import { finishedImages } from '../db/results';
import { getRun, getRunFacts } from '../db/runs';
import { getSplit } from '../db/splits';
import type { Layout } from '../workspace/layout';
import { fromStoredPath, isInside, realPath } from '../workspace/layout';
import { initialPayload, measuresPayload, neededPayload } from '../weights/initial';
import type { PlannedPair } from './create-pair';
import { resumableCheckpoint } from './where-stopped';

export interface PreparedJob {
  readonly payload: JobPayload;
  /** Step of the checkpoint a training continues from; 0 when it starts afresh. */
  readonly fromStep: number;
}

/**
 * Everything the worker needs for a job, complete: it asks for nothing later.
 * @throws LabError `missing-file` or `forbidden` where originals or weights are not where they were
 */
export function preparePayload(db: ReadableDb, layout: Layout, job: JobRecord): PreparedJob {
  const run = getRun(db, job.runId);
  const split = getSplit(db, run.spec.splitId);
  const dataset = getDataset(db, run.spec.datasetId);
  const { modelId, modelParams, trainer, nt, at, seed } = run.spec;
  const model = {
    runId: run.id,
    modelId,
    modelParams,
    trainer,
    nt,
    ...(at && { at }),
    seed,
    cacheDir: layout.cache,
  };
  const side = (name: string): JobImage[] =>
    locate(layout, dataset, split, listSideImages(db, split.id, name));
  const { spec } = job;
  if (spec.kind === 'train') {
    const { imported } = run.spec;
    // An import that was stopped begins again: it takes no steps to continue from.
    const checkpoint = imported ? null : resumableCheckpoint(db, layout, run.id);
    return {
      fromStep: checkpoint?.step ?? 0,
      payload: {
        ...model,
        kind: 'train',
        train: side('train'),
        validation: side('validation'),
        selectOn: run.selection === 'test' ? side('test') : [],
        selection: run.selection,
        checkpointDir: layout.checkpoints(run.id),
        // A checkpoint holds every weight: what the run once started from is in it.
        initial: checkpoint ? [] : initialPayload(db, layout, run.spec),
        resumeFrom: checkpoint ? fromStoredPath(layout, checkpoint.path) : null,
        ...(imported && { imported }),
        ratingScale: labAffine(dataset.scoreKind, split.scoreMin, split.scoreMax),
      },
    };
  }
  if (spec.kind === 'fit') {
    const positionPath = layout.fitPosition(job.id);
    return {
      fromStep: 0,
      payload: {
        ...model,
        kind: 'fit',
        fitId: spec.fitId,
        params: spec.params,
        fitSeed: spec.seed,
        checkpoint: spec.on === 'model' ? weightsOf(db, layout, run) : null,
        images: side(spec.side).slice(0, spec.limit ?? undefined),
        files: neededPayload(db, layout, spec.files),
        positionPath,
        resume: existsSync(positionPath),
        resultDir: layout.weights,
        provenance: provenanceOf(run, dataset, split, spec),
      },
    };
  }
  const finished = finishedImages(db, spec.kind, job.id);
  const wanted = side(spec.side).slice(0, spec.limit ?? undefined);
  const batch = {
    ...model,
    checkpoint: weightsOf(db, layout, run),
    ...(run.labScale && { labScale: run.labScale }),
    images: wanted.filter((image) => !finished.has(image.id)),
    doneBefore: wanted.filter((image) => finished.has(image.id)).length,
  };
  switch (spec.kind) {
    case 'evaluate':
      return {
        fromStep: 0,
        payload: {
          ...batch,
          kind: 'evaluate',
          ...(spec.defence && { defence: spec.defence }),
        },
      };
    case 'norms':
      return { fromStep: 0, payload: { ...batch, kind: 'norms', params: spec.params } };
    case 'attack':
      return {
        fromStep: 0,
        payload: {
          ...batch,
          kind: 'attack',
          attackId: spec.attackId,
          params: spec.params,
          run: spec.run,
          attackSeed: spec.seed,
          files: neededPayload(db, layout, spec.files),
          measures: spec.run['distances'] === 'none' ? [] : measuresPayload(db, layout),
          ...(spec.defence && { defence: spec.defence }),
          imageDir: layout.attack(job.id),
          traceIds: spreadOverRatings(wanted, spec.traces ?? 0),
        },
      };
  }
}

/** `count` of the images, from the lowest rated to the highest: the same ones whatever is done. */
export function spreadOverRatings(
  images: readonly Pick<JobImage, 'id' | 'mos'>[],
  count: number,
): number[] {
  const ascending = images.toSorted((a, b) => a.mos - b.mos || a.id - b.id);
  const wanted = Math.min(count, ascending.length);
  return Array.from({ length: wanted }, (_, i) => {
    const at = wanted === 1 ? 0.5 : i / (wanted - 1);
    return must(ascending[Math.round(at * (ascending.length - 1))], 'inside the list').id;
  });
}

/** What the file of a fit says of where it came from; the same fit of the same things gives the same bytes. */
function provenanceOf(
  run: Run,
  dataset: Dataset,
  split: Split,
  { fitId, fitVersion, on, side, limit, params, seed, files = [] }: FitSpec,
): Record<string, string> {
  const model: Record<string, string> =
    on === 'model' ? { run: run.name, run_weights_sha256: run.weightsSha256 ?? '' } : {};
  return {
    fit: fitId,
    fit_version: String(fitVersion),
    settings: JSON.stringify(params),
    seed: String(seed),
    dataset: dataset.name,
    dataset_hash: dataset.contentHash,
    split: split.name,
    split_hash: split.contentHash,
    side,
    limit: limit === null ? 'all' : String(limit),
    ...model,
    ...(files.length > 0 ? { starts_from: files.map(({ label }) => label).join('; ') } : {}),
  };
}

/** What a trial of a pair that is not stored needs. @throws LabError as `preparePayload` */
export function trialPayload(
  db: ReadableDb,
  layout: Layout,
  { dataset, split, base, twin }: PlannedPair,
  trainer: ParamValues,
): TrialPayload {
  return {
    kind: 'trial',
    modelId: base.modelId,
    modelParams: base.modelParams,
    trainer,
    twins: [base.nt, twin.nt],
    ...(twin.at && { twinAt: twin.at }),
    seed: base.seed,
    cacheDir: layout.cache,
    train: locate(layout, dataset, split, listSideImages(db, split.id, 'train')),
    ratingScale: labAffine(dataset.scoreKind, split.scoreMin, split.scoreMax),
  };
}

/** Weights a trained run is judged by. @throws LabError `missing-file` */
export function weightsOf(db: ReadableDb, layout: Layout, run: Run): string {
  const { selectedCheckpoint } = getRunFacts(db, run.id);
  if (selectedCheckpoint === null) throw new Error(`run ${run.id} is done but has no weights`);
  const path = fromStoredPath(layout, selectedCheckpoint);
  if (realPath(path) !== null) return path;
  throw new LabError({
    kind: 'missing-file',
    message: `the weights of ${run.name} are not at ${path} any more`,
    safe: 'Everything else of this run is kept.',
    next: 'Put the file back, or train this run again.',
  });
}

/** Originals with absolute paths that, links resolved, lie inside the data set's folder. */
export function locate(
  layout: Layout,
  dataset: Dataset,
  split: Split,
  images: readonly LocatedImage[],
): JobImage[] {
  const folder = fromStoredPath(layout, dataset.root);
  const root = realPath(folder);
  if (root === null) {
    throw new LabError({
      kind: 'missing-file',
      message: `the folder of the data set ${dataset.name} is not there: ${folder}`,
      safe: 'Everything stored about it is kept.',
      next: 'Connect the drive or put the folder back, then press Resume.',
    });
  }
  const missing: string[] = [];
  const located = images.map((image): JobImage => {
    const path = realPath(resolve(root, image.relPath));
    if (path === null) missing.push(image.name);
    else if (!isInside(root, path)) throw leavesRoot(dataset, image, path);
    const mos = toLab(image.score, dataset.scoreKind, split.scoreMin, split.scoreMax);
    return { id: image.id, path: path ?? '', sha256: image.sha256, mos };
  });
  if (missing.length > 0) {
    throw new LabError({
      kind: 'missing-file',
      message: `${missing.length} of ${images.length} images are missing in ${folder}, the first is ${missing[0] ?? ''}`,
      safe: 'Everything stored about them is kept.',
      next: 'Put the files back, then press Resume.',
      details: { missing: missing.slice(0, 100) },
    });
  }
  return located;
}

function leavesRoot(dataset: Dataset, image: LocatedImage, path: string): LabError {
  return new LabError({
    kind: 'forbidden',
    message: `${image.name} leads out of the folder of ${dataset.name}, to ${path}`,
    safe: 'The file was not read.',
    next: 'Replace the link by the picture itself, then import the data set again.',
  });
}
