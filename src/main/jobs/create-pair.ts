import type { Catalogue, EngineName, ModelInfo } from '@shared/domain/catalogue';
import type { Dataset, Split } from '@shared/domain/dataset';
import type { Pair, Selection, TrainSpec } from '@shared/domain/run';
import { Selection as SelectionSchema } from '@shared/domain/run';
import { LabError } from '@shared/errors';
import { checkValues, nearest, read } from '@shared/params';
import { twinKind, twinName } from '@shared/twin';
import type { PairDraft } from '@shared/rpc';
import { is } from 'valibot';
import { app } from '../app';
import { isDeleted } from '../db/bin';
import { getDataset } from '../db/datasets';
import type { ReadableDb, WritableDb } from '../db/handle';
import { insertJob } from '../db/jobs';
import { getPair, insertPair, insertRun } from '../db/runs';
import { findSameRun } from './same-run';
import { getSplit } from '../db/splits';
import { resolveInitial } from '../weights/initial';
import type { JobBoard } from './board';

/**
 * Stores a baseline and its NT twin, which differ in the NT block only, and queues both trainings,
 * the baseline first. A baseline that exists already, trained on this engine from the same settings
 * and data, is shared instead of trained again: it would be the same to the last bit.
 * @param engine what would train it; null while unknown
 * @throws LabError `bad-input` for a setting outside its range, `not-found`, `conflict`
 */
export function createPair(
  board: JobBoard,
  catalogue: Catalogue,
  draft: PairDraft,
  engine: EngineName | null,
): Pair {
  const stored = storePair(board, catalogue, draft, engine, null);
  tellStored(board, [stored]);
  return stored.pair;
}

export interface StoredPair {
  readonly pair: Pair;
  readonly jobIds: readonly number[];
  /** Set where the split was free until now. */
  readonly lockedIn: number | null;
}

/** A pair as it would be stored: its two specs, complete and checked. */
export interface PlannedPair {
  readonly model: ModelInfo;
  readonly dataset: Dataset;
  readonly split: Split;
  readonly base: TrainSpec;
  readonly twin: TrainSpec;
  readonly selection: Selection;
}

/** @throws LabError as `createPair` */
export function planPair(board: JobBoard, catalogue: Catalogue, draft: PairDraft): PlannedPair {
  const { db } = board;
  const dataset = getDataset(db, draft.datasetId);
  const split = getSplit(db, draft.splitId);
  const model = findModel(catalogue, draft.modelId);
  const modelParams = checkValues(model.title, model.params, draft.modelParams);
  const base: TrainSpec = {
    datasetId: dataset.id,
    splitId: split.id,
    modelId: model.id,
    modelVersion: model.version,
    modelParams,
    trainer: checkValues('training', model.trainer, draft.trainer),
    nt: null,
    seed: draft.seed,
    initial: resolveInitial(db, model, modelParams, draft.initial),
  };
  const kind = draft.twin ?? 'nt';
  const twin: TrainSpec = {
    ...base,
    nt: kind === 'at' ? null : checkValues('NT', model.nt, draft.nt),
    // Absent where it is not asked for: specs of before it existed stay equal to those without.
    ...(kind !== 'nt' && { at: checkValues('adversarial training', model.at, draft.at ?? {}) }),
  };
  const selection = selectionOf(base, split);
  checkSplit(board, split, base, selection);
  return { model, dataset, split, base, twin, selection };
}

/** Stores a pair and its jobs without telling anybody: the caller may yet undo it. */
export function storePair(
  board: JobBoard,
  catalogue: Catalogue,
  draft: PairDraft,
  engine: EngineName | null,
  seriesId: number | null,
): StoredPair {
  const { db } = board;
  const planned = planPair(board, catalogue, draft);
  const { dataset, split, base, twin } = planned;
  const now = Date.now();
  const { pair, jobIds } = db.transaction(() => {
    const known = draft.ownBaseline ? undefined : findPlanned(db, planned, base, engine);
    const baseline =
      known === undefined
        ? insertTraining(db, planned, base, draft.name, now)
        : { runId: known, jobId: null };
    const nt = insertTraining(db, planned, twin, draft.name, now);
    const pairId = insertPair(db, {
      name: draft.name,
      baselineRunId: baseline.runId,
      ntRunId: nt.runId,
      seriesId,
      createdAtMs: now,
    });
    return {
      pair: getPair(db, pairId),
      jobIds: [baseline.jobId ?? [], nt.jobId].flat(),
    };
  });
  return { pair, jobIds, lockedIn: split.locked ? null : dataset.id };
}

/** The run of one spec of a plan that exists already, as `findSameRun` finds it. */
export function findPlanned(
  db: ReadableDb,
  { model, dataset, split }: PlannedPair,
  spec: TrainSpec,
  engine: EngineName | null,
): number | undefined {
  const hashes = { datasetHash: dataset.contentHash, splitHash: split.contentHash };
  return findSameRun(db, model, { spec, ...hashes }, engine);
}

/** Stores a run of one spec of a plan and queues its training. */
export function insertTraining(
  db: WritableDb,
  { model, dataset, split, selection }: PlannedPair,
  spec: TrainSpec,
  pairName: string,
  createdAtMs: number,
): { readonly runId: number; readonly jobId: number } {
  const runId = insertRun(db, {
    regime: twinKind(spec) ? 'nt' : 'baseline',
    name: [pairName, twinName(spec)].filter(Boolean).join(' '),
    spec,
    modelTitle: model.title,
    selection,
    epochsTotal: epochsOf(model, spec),
    datasetHash: dataset.contentHash,
    splitHash: split.contentHash,
    appVersion: app.version,
    createdAtMs,
  });
  const job = { spec: { kind: 'train' as const, runId }, action: 'Training', createdAtMs };
  return { runId, jobId: insertJob(db, job) };
}

/** Tells of pairs that are stored for good. */
export function tellStored(
  board: JobBoard,
  stored: readonly Pick<StoredPair, 'jobIds' | 'lockedIn'>[],
): void {
  for (const { jobIds } of stored) for (const id of jobIds) board.tell(board.get(id));
  const datasets = new Set(stored.flatMap(({ lockedIn }) => lockedIn ?? []));
  for (const datasetId of datasets) board.events.emit('split.changed', { datasetId });
}

/** Epochs of all stages of the model's training together. */
export function epochsOf(model: ModelInfo, { trainer }: TrainSpec): number {
  const ids = model.epochSettings ?? ['epochs'];
  return ids.reduce((sum, id) => sum + read.number(trainer, id), 0);
}

/** @throws LabError `not-found` with the nearest name */
export function findModel(catalogue: Catalogue, id: string): ModelInfo {
  const found = catalogue.models.find((model) => model.id === id);
  if (found) return found;
  const names = catalogue.models.map((model) => model.id);
  const near = nearest(id, names);
  throw new LabError({
    kind: 'not-found',
    message: `there is no model "${id}"; the models are ${names.join(', ')}`,
    safe: 'Nothing was changed.',
    next: near ? `Did you mean "${near}"?` : 'Choose one of them.',
  });
}

/**
 * How the checkpoint is chosen: a trainer without the setting keeps the last one, and so does a
 * split without validation images.
 */
function selectionOf(spec: TrainSpec, split: Split): Selection {
  const value = spec.trainer['selection'] ?? 'last';
  if (value === 'validation' && split.counts.validation === 0) return 'last';
  if (is(SelectionSchema, value)) return value;
  throw new Error(`createPair: the trainer offers an unknown selection ${JSON.stringify(value)}`);
}

/** @throws LabError `bad-input` where a run of this spec cannot use the split */
export function checkSplit(
  board: JobBoard,
  split: Split,
  spec: TrainSpec,
  selection: Selection,
): void {
  const refuse = (message: string, next: string): never => {
    throw new LabError({ kind: 'bad-input', message, safe: 'Nothing was changed.', next });
  };
  if (split.datasetId !== spec.datasetId) {
    refuse(`the split ${split.name} belongs to another data set`, 'Choose a split of this one.');
  }
  if (isDeleted(board.db, 'splits', split.id) || isDeleted(board.db, 'datasets', spec.datasetId)) {
    refuse(`the split ${split.name} or its data set was deleted`, 'Restore it or choose another.');
  }
  if (!Number.isSafeInteger(spec.seed) || spec.seed < 0) {
    refuse(`the seed must be a whole number from 0, got ${spec.seed}`, 'Correct the seed.');
  }
  if (split.counts.train === 0) {
    refuse(`the split ${split.name} has no training images`, 'Choose another split.');
  }
  if (selection !== 'last' && split.counts[selection] === 0) {
    refuse(
      `the checkpoint is to be chosen on the ${selection} images, but ${split.name} has none`,
      'Make a split with a validation share, or keep the last epoch instead.',
    );
  }
}
