import type { EngineInfo, EngineName } from '@shared/domain/catalogue';
import type { JobState, Pair, Regime, Run, Selection, Series, TrainSpec } from '@shared/domain/run';
import { LabError } from '@shared/errors';
import type { TrainSummary } from '@shared/worker-protocol';
import { fromScratch } from '@shared/weights/initial';
import type { ReadableDb, WritableDb } from './handle';
import { fromJson } from './handle';

interface RunRow {
  readonly id: number;
  readonly pair_ids: string;
  readonly regime: Regime;
  readonly name: string;
  readonly spec: string;
  readonly selection: Selection;
  readonly epochs_total: number;
  readonly epochs_done: number | null;
  readonly selected_epoch: number | null;
  readonly weights_sha256: string | null;
  readonly parameter_count: number | null;
  readonly engine: EngineName | null;
  readonly lab_scale: number | null;
  readonly lab_offset: number | null;
  readonly created_at_ms: number;
  readonly deleted_at_ms: number | null;
  readonly train_job_id: number;
  readonly state: JobState;
  readonly slot: number | null;
}

const select = `
  SELECT r.*, j.id AS train_job_id, j.state AS state,
    (SELECT slot FROM model_slots m WHERE m.model_id = r.model_id) AS slot,
    (SELECT json_group_array(p.id) FROM pairs p
     WHERE p.baseline_run_id = r.id OR p.nt_run_id = r.id) AS pair_ids,
    (SELECT max(epoch) FROM epochs e WHERE e.run_id = r.id) AS epochs_done
  FROM runs r JOIN jobs j ON j.run_id = r.id AND j.kind = 'train'`;

function toRun(row: RunRow): Run {
  return {
    id: row.id,
    name: row.name,
    regime: row.regime,
    pairIds: fromJson<number[]>(row.pair_ids),
    spec: { initial: fromScratch, ...fromJson<TrainSpec>(row.spec) },
    state: row.state,
    trainJobId: row.train_job_id,
    epochsDone: row.epochs_done ?? 0,
    epochsTotal: row.epochs_total,
    selectedEpoch: row.selected_epoch,
    selection: row.selection,
    weightsSha256: row.weights_sha256,
    parameterCount: row.parameter_count,
    engine: row.engine,
    labScale:
      row.lab_scale === null || row.lab_offset === null
        ? null
        : { scale: row.lab_scale, offset: row.lab_offset },
    ...(row.slot !== null && { slot: row.slot }),
    createdAtMs: row.created_at_ms,
    deletedAtMs: row.deleted_at_ms,
  };
}

/** Every run, newest first, those in the bin included: `deletedAtMs` tells. */
export function listRuns(db: ReadableDb): Run[] {
  return db.all<RunRow>(`${select} ORDER BY r.id DESC`).map(toRun);
}

/** @throws LabError `not-found` */
export function getRun(db: ReadableDb, id: number): Run {
  const row = db.get<RunRow>(`${select} WHERE r.id = @id`, { id });
  if (row) return toRun(row);
  throw new LabError({
    kind: 'not-found',
    message: `there is no run ${id} in this workspace`,
    next: 'Reload the list.',
  });
}

export interface NewRun {
  readonly regime: Regime;
  readonly name: string;
  readonly spec: TrainSpec;
  readonly modelTitle: string;
  readonly selection: Selection;
  readonly epochsTotal: number;
  readonly datasetHash: string;
  readonly splitHash: string;
  readonly appVersion: string;
  readonly createdAtMs: number;
}

export function insertRun(db: WritableDb, run: NewRun): number {
  giveSlot(db, run.spec.modelId);
  return db.run(
    `INSERT INTO runs (regime, name, dataset_id, split_id, model_id, model_title, spec,
       selection, epochs_total, dataset_hash, split_hash, app_version, created_at_ms)
     VALUES (@regime, @name, @datasetId, @splitId, @modelId, @modelTitle, @spec,
       @selection, @epochsTotal, @datasetHash, @splitHash, @appVersion, @createdAtMs)`,
    {
      regime: run.regime,
      name: run.name,
      datasetId: run.spec.datasetId,
      splitId: run.spec.splitId,
      modelId: run.spec.modelId,
      modelTitle: run.modelTitle,
      spec: JSON.stringify(run.spec),
      selection: run.selection,
      epochsTotal: run.epochsTotal,
      datasetHash: run.datasetHash,
      splitHash: run.splitHash,
      appVersion: run.appVersion,
      createdAtMs: run.createdAtMs,
    },
  ).id;
}

/** A model keeps the first free colour and marker slot for good. */
function giveSlot(db: WritableDb, modelId: string): void {
  db.run(
    `INSERT INTO model_slots (model_id, slot)
     SELECT @modelId, (SELECT count(*) FROM model_slots)
     WHERE NOT EXISTS (SELECT 1 FROM model_slots WHERE model_id = @modelId)`,
    { modelId },
  );
}

export interface RunFacts {
  readonly modelTitle: string;
  readonly slot: number;
  /** Stored path of the weights the run is judged by. */
  readonly selectedCheckpoint: string | null;
  readonly engineVersions: Readonly<Record<string, string>> | null;
}

/** What is stored of a run beside the contract's fields. */
export function getRunFacts(db: ReadableDb, id: number): RunFacts {
  const row = db.get<{
    model_title: string;
    slot: number;
    selected_checkpoint: string | null;
    engine_versions: string | null;
  }>(
    `SELECT r.model_title, s.slot, r.selected_checkpoint, r.engine_versions
     FROM runs r JOIN model_slots s ON s.model_id = r.model_id WHERE r.id = @id`,
    { id },
  );
  if (!row) throw new Error(`getRunFacts: no run ${id}`);
  return {
    modelTitle: row.model_title,
    slot: row.slot,
    selectedCheckpoint: row.selected_checkpoint,
    engineVersions: row.engine_versions === null ? null : fromJson(row.engine_versions),
  };
}

export function renameRun(db: WritableDb, id: number, name: string): void {
  db.run('UPDATE runs SET name = @name WHERE id = @id', { id, name });
}

/** Records what a run was trained on, each time its training starts. */
export function setRunEngine(db: WritableDb, id: number, engine: EngineInfo): void {
  const versions = JSON.stringify({ ...engine.versions, description: engine.description });
  db.run('UPDATE runs SET engine = @name, engine_versions = @versions WHERE id = @id', {
    id,
    name: engine.name,
    versions,
  });
}

/** The epoch and weights the run is judged by so far. */
export function setSelected(
  db: WritableDb,
  id: number,
  epoch: number | null,
  checkpoint: string | null,
): void {
  db.run(
    'UPDATE runs SET selected_epoch = @epoch, selected_checkpoint = @checkpoint WHERE id = @id',
    { id, epoch, checkpoint },
  );
}

export function setTrained(
  db: WritableDb,
  id: number,
  summary: TrainSummary,
  checkpoint: string,
): void {
  setSelected(db, id, summary.selectedEpoch, checkpoint);
  db.run(
    `UPDATE runs SET weights_sha256 = @weights, parameter_count = @parameters,
       lab_scale = @scale, lab_offset = @offset WHERE id = @id`,
    {
      id,
      weights: summary.weightsSha256,
      parameters: summary.parameterCount,
      scale: summary.labScale.scale,
      offset: summary.labScale.offset,
    },
  );
}

interface PairRow {
  readonly id: number;
  readonly name: string;
  readonly createdAtMs: number;
  readonly baselineRunId: number;
  readonly ntRunId: number;
  readonly seriesId: number | null;
  readonly seriesName: string | null;
  readonly seriesOver: Series['over'] | null;
}

const selectPairs = `
  SELECT p.id, p.name, p.created_at_ms AS createdAtMs, b.id AS baselineRunId, n.id AS ntRunId,
    s.id AS seriesId, s.name AS seriesName, s.over AS seriesOver
  FROM pairs p
  JOIN runs b ON b.id = p.baseline_run_id
  JOIN runs n ON n.id = p.nt_run_id
  LEFT JOIN series s ON s.id = p.series_id`;

function toPair({ seriesId, seriesName, seriesOver, ...pair }: PairRow): Pair {
  if (seriesId === null || seriesName === null || seriesOver === null) return pair;
  return { ...pair, series: { id: seriesId, name: seriesName, over: seriesOver } };
}

/**
 * Pairs with at least one run outside the bin, newest first. A baseline that other pairs share does not keep a pair
 * whose twin is in the bin.
 */
export function listPairs(db: ReadableDb): Pair[] {
  const rows = db.all<PairRow>(
    `${selectPairs} WHERE n.deleted_at_ms IS NULL OR (b.deleted_at_ms IS NULL AND NOT EXISTS
       (SELECT 1 FROM pairs o WHERE o.baseline_run_id = b.id AND o.id <> p.id))
     ORDER BY p.id DESC`,
  );
  return rows.map(toPair);
}

/** @throws LabError `not-found` */
export function getPair(db: ReadableDb, id: number): Pair {
  const row = db.get<PairRow>(`${selectPairs} WHERE p.id = @id`, { id });
  if (row) return toPair(row);
  throw new LabError({ kind: 'not-found', message: `there is no pair ${id} in this workspace` });
}

/** The newest pair of exactly these two runs. */
export function findPairOf(
  db: ReadableDb,
  baselineRunId: number,
  ntRunId: number,
): Pair | undefined {
  const row = db.get<PairRow>(
    `${selectPairs} WHERE b.id = @baselineRunId AND n.id = @ntRunId ORDER BY p.id DESC LIMIT 1`,
    { baselineRunId, ntRunId },
  );
  return row && toPair(row);
}

/** Makes a pair one of a series' repeats. */
export function setPairSeries(db: WritableDb, id: number, seriesId: number): void {
  db.run('UPDATE pairs SET series_id = @seriesId WHERE id = @id', { id, seriesId });
}

export interface NewPair {
  readonly name: string;
  readonly baselineRunId: number;
  readonly ntRunId: number;
  readonly seriesId: number | null;
  readonly createdAtMs: number;
}

export function insertPair(db: WritableDb, pair: NewPair): number {
  return db.run(
    `INSERT INTO pairs (name, baseline_run_id, nt_run_id, series_id, created_at_ms)
     VALUES (@name, @baselineRunId, @ntRunId, @seriesId, @createdAtMs)`,
    { ...pair },
  ).id;
}

export function insertSeries(
  db: WritableDb,
  { name, over }: Omit<Series, 'id'>,
  createdAtMs: number,
): number {
  return db.run(
    'INSERT INTO series (name, over, created_at_ms) VALUES (@name, @over, @createdAtMs)',
    { name, over, createdAtMs },
  ).id;
}

export function renamePair(db: WritableDb, id: number, name: string): void {
  db.run('UPDATE pairs SET name = @name WHERE id = @id', { id, name });
}
