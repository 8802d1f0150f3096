import * as v from 'valibot';
import { exportMethods } from './rpc-export';
import { BenchAnswer, BenchAsk, BenchPhase } from './domain/bench';
import { Catalogue, EngineInfo, EngineName, EngineRung } from './domain/catalogue';
import {
  Dataset,
  DatasetImage,
  ImportPreview,
  ImportReport,
  LabelMapping,
  Split,
  SplitSpec,
} from './domain/dataset';
import { Preflight } from './domain/preflight';
import { AttackRow, NormRow, ScoreRow, TraceRow } from './domain/results';
import {
  attackChoice,
  CellNumbers,
  GridPlan,
  GridRequest,
  JobGroup,
  scoresChoice,
} from './domain/group';
import {
  EpochMetric,
  ErrorData,
  Job,
  JobProgress,
  Pair,
  Run,
  StepMetric,
  Warning,
} from './domain/run';
import { Study, StudySelection } from './domain/study';
import { SweepPlan, SweepRequest } from './domain/sweep';
import { StoredWeights, WeightEntry, WeightOutcome } from './domain/weights';
import { ParamValues } from './params';
import {
  Workspace,
  ExportedWeights,
  FolderEntry,
  ImportDraft,
  WeightsFormat,
  PairDraft,
  Repeats,
  Batch,
  FitRequest,
  FitResult,
} from './rpc-values';

export * from './rpc-values';

/**
 * The one contract between any user interface and the host. Preload list, client, server validation
 * and handler types are derived from these two maps; adding a method here makes the compiler ask for
 * its handler (src/main/rpc/handlers/<noun>.ts) and nothing else.
 */
const nothing = v.object({});
const done = v.object({ ok: v.literal(true) });
const byId = v.object({ id: v.number() });
const ids = v.object({ jobIds: v.array(v.number()) });

export const methods = {
  'app.info': {
    args: nothing,
    result: v.object({
      name: v.string(),
      version: v.string(),
      shell: v.picklist(['electron', 'server', 'cli']),
      platform: v.string(),
    }),
  },

  'workspace.current': { args: nothing, result: v.nullable(Workspace) },
  'workspace.recent': {
    args: nothing,
    result: v.array(v.object({ path: v.string(), name: v.string(), exists: v.boolean() })),
  },
  'workspace.create': { args: v.object({ path: v.string() }), result: Workspace },
  'workspace.open': { args: v.object({ path: v.string() }), result: Workspace },
  'workspace.close': { args: nothing, result: done },

  /** Names and kinds only, for choosing a folder where no system dialog exists. */
  'files.list': {
    args: v.object({ path: v.nullable(v.string()) }),
    result: v.object({
      path: v.string(),
      parent: v.nullable(v.string()),
      entries: v.array(FolderEntry),
    }),
  },
  /** The system's dialog where the shell has one; null when cancelled or not supported. */
  'files.pickFolder': { args: v.object({ title: v.string() }), result: v.nullable(v.string()) },
  /** The same for files, several at once. */
  'files.pickFiles': {
    args: v.object({ title: v.string() }),
    result: v.nullable(v.array(v.string())),
  },

  'dataset.preview': {
    args: v.object({ path: v.string(), mapping: v.optional(LabelMapping) }),
    result: ImportPreview,
  },
  'dataset.import': {
    args: v.object({
      path: v.string(),
      name: v.string(),
      importer: v.string(),
      mapping: v.nullable(LabelMapping),
    }),
    result: ImportReport,
  },
  'dataset.createDemo': {
    args: v.object({ name: v.string(), images: v.number(), seed: v.number() }),
    result: ImportReport,
  },
  'dataset.list': { args: nothing, result: v.array(Dataset) },
  'dataset.images': {
    args: v.object({ datasetId: v.number(), offset: v.number(), limit: v.number() }),
    result: v.array(DatasetImage),
  },
  'dataset.report': { args: byId, result: ImportReport },
  'dataset.delete': { args: byId, result: done },
  'dataset.restore': { args: byId, result: done },

  'split.create': {
    args: v.object({
      datasetId: v.number(),
      name: v.string(),
      spec: SplitSpec,
      repeats: v.number(),
    }),
    result: v.array(Split),
  },
  /** Reads an index file (JSON, CSV or the authors' pickle list) into positions. */
  'split.readIndexFile': {
    args: v.object({ datasetId: v.number(), path: v.string() }),
    result: v.object({ train: v.array(v.number()), test: v.array(v.number()), source: v.string() }),
  },
  'split.list': { args: v.object({ datasetId: v.number() }), result: v.array(Split) },
  'split.members': {
    args: byId,
    result: v.object({
      train: v.array(v.number()),
      validation: v.array(v.number()),
      test: v.array(v.number()),
    }),
  },
  'split.delete': { args: byId, result: done },

  'catalogue.get': { args: nothing, result: Catalogue },

  /** The catalogue of published weight files, each with what the workspace holds of it. */
  'weights.list': {
    args: nothing,
    result: v.object({
      entries: v.array(v.object({ entry: WeightEntry, files: v.array(StoredWeights) })),
      /** Files that are none of the catalogue's. */
      others: v.array(StoredWeights),
    }),
  },
  /** Copies a file, or every weight file of a folder, into the workspace. */
  'weights.add': { args: v.object({ path: v.string() }), result: v.array(WeightOutcome) },
  'weights.remove': { args: v.object({ sha256: v.string() }), result: done },
  'weights.restore': { args: v.object({ sha256: v.string() }), result: done },

  'engine.info': {
    args: nothing,
    result: v.object({
      current: v.nullable(EngineInfo),
      ladder: v.array(EngineRung),
      error: v.nullable(ErrorData),
    }),
  },
  'engine.select': { args: v.object({ name: v.nullable(EngineName) }), result: EngineInfo },

  /** Creates the baseline and its twin and queues both. */
  'pair.create': { args: v.object({ draft: PairDraft }), result: Pair },
  /** The same pair k times, grouped as a series; all of them or none. */
  'pair.createRepeats': {
    args: v.object({ draft: PairDraft, repeats: Repeats }),
    result: v.array(Pair),
  },
  /** What a pair's training will take, by a few real steps of both twins, and what stands in its way. */
  'pair.check': {
    args: v.object({ draft: PairDraft, repeats: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
    result: Preflight,
  },
  'pair.list': { args: nothing, result: v.array(Pair) },
  'pair.rename': { args: v.object({ id: v.number(), name: v.string() }), result: Pair },

  'run.list': { args: nothing, result: v.array(Run) },
  'run.get': { args: byId, result: Run },
  /** Queues runs that are weight files as they came: scored and attacked like any, never trained. */
  'run.import': {
    args: v.object({ draft: ImportDraft }),
    result: v.object({ runs: v.array(Run), pair: v.nullable(Pair) }),
  },
  /**
   * Writes the weights a run is judged by into a file that other programs read. Without a path, into
   * the workspace's exports. A file that is there is replaced only where `overwrite` says so.
   */
  'run.exportWeights': {
    args: v.object({
      id: v.number(),
      format: WeightsFormat,
      path: v.nullable(v.string()),
      overwrite: v.boolean(),
    }),
    result: ExportedWeights,
  },
  'run.rename': { args: v.object({ id: v.number(), name: v.string() }), result: Run },
  'run.delete': { args: byId, result: done },
  'run.restore': { args: byId, result: done },
  /** Loss curves: at most `maxPoints` of the stored steps after `afterStep`, thinned evenly. */
  'run.steps': {
    args: v.object({ id: v.number(), afterStep: v.number(), maxPoints: v.number() }),
    result: v.object({ steps: v.array(StepMetric), stored: v.number() }),
  },
  'run.epochs': { args: byId, result: v.array(EpochMetric) },
  'run.warnings': { args: byId, result: v.array(Warning) },

  'evaluate.start': { args: v.object({ ...Batch, ...scoresChoice }), result: ids },
  'attack.start': {
    args: v.object({ ...Batch, ...attackChoice, limit: v.nullable(v.number()) }),
    result: ids,
  },
  'norms.start': {
    args: v.object({ ...Batch, params: ParamValues, limit: v.nullable(v.number()) }),
    result: ids,
  },

  /** Several attacks on several runs as one piece of work. */
  'grid.plan': { args: GridRequest, result: GridPlan },
  'grid.start': { args: GridRequest, result: JobGroup },

  /** A pair at every combination of some settings, and what is measured on each. */
  'sweep.plan': { args: SweepRequest, result: SweepPlan },
  'sweep.start': { args: SweepRequest, result: JobGroup },

  'group.list': { args: nothing, result: v.array(JobGroup) },
  'group.get': { args: byId, result: JobGroup },
  /** One entry per attack job of the group, in its order. */
  'group.numbers': { args: byId, result: v.array(CellNumbers) },
  /** Each of these does to every job of the group what the verb of the same name does to one. */
  'group.pause': { args: byId, result: JobGroup },
  'group.resume': { args: byId, result: JobGroup },
  'group.stop': { args: byId, result: JobGroup },
  'group.cancel': { args: byId, result: JobGroup },
  /**
   * Attacks one picture to be looked at; nothing is stored and no job waits for it. A newer question
   * of the same window makes this one fail with `cancelled`.
   */
  'bench.run': { args: BenchAsk, result: BenchAnswer },
  /** Cancels what the window asked last, if it is not answered yet. */
  'bench.stop': { args: v.object({ window: v.string() }), result: done },

  /** One job per run; the file of each goes into the inventory of weights when it is done. */
  'fit.start': { args: FitRequest, result: ids },
  /** Files that fits have come to, newest first. */
  'fit.results': { args: nothing, result: v.array(FitResult) },

  'job.list': { args: nothing, result: v.array(Job) },
  'job.get': { args: byId, result: Job },
  'job.pause': { args: byId, result: Job },
  'job.resume': { args: byId, result: Job },
  'job.stop': { args: byId, result: Job },
  'job.stopAfterEpoch': { args: byId, result: Job },
  'job.cancel': { args: byId, result: Job },
  'job.move': { args: v.object({ id: v.number(), before: v.nullable(v.number()) }), result: done },
  'job.scores': { args: byId, result: v.array(ScoreRow) },
  'job.attacks': { args: byId, result: v.array(AttackRow) },
  'job.traces': { args: byId, result: v.array(TraceRow) },
  'job.norms': { args: byId, result: v.array(NormRow) },
  'job.warnings': { args: byId, result: v.array(Warning) },

  'study.load': { args: StudySelection, result: Study },
  ...exportMethods,
} as const;

export type Methods = typeof methods;
export type Method = keyof Methods;
export type Args<M extends Method> = v.InferOutput<Methods[M]['args']>;
export type Result<M extends Method> = v.InferOutput<Methods[M]['result']>;

export const events = {
  'workspace.changed': v.nullable(Workspace),
  'engine.changed': v.object({
    current: v.nullable(EngineInfo),
    ladder: v.array(EngineRung),
    error: v.nullable(ErrorData),
  }),
  'dataset.changed': nothing,
  'weights.changed': nothing,
  /** What a check of a pair is measuring. */
  'pair.checking': v.object({ phase: v.string() }),
  /** `done` and `total` count bytes of the file named in `phase`. */
  'weights.progress': v.object({ done: v.number(), total: v.number(), phase: v.string() }),
  'split.changed': v.object({ datasetId: v.number() }),
  'run.changed': Run,
  'job.changed': Job,
  'job.removed': byId,
  'group.changed': JobGroup,
  'import.progress': v.object({ done: v.number(), total: v.number(), phase: v.string() }),
  /** Figures and tables of a bundle that are written. */
  'bundle.progress': v.object({ done: v.number(), total: v.number(), phase: v.string() }),
  'job.progress': v.object({ id: v.number(), progress: JobProgress }),
  'run.steps': v.object({ id: v.number(), steps: v.array(StepMetric) }),
  'run.epoch': v.object({ id: v.number(), epoch: EpochMetric }),
  /** New rows of a batch job; the interface reloads what it shows of it. */
  'job.rows': v.object({ id: v.number(), runId: v.number(), rows: v.number() }),
  /** What the bench is doing for a window that waits; `done` counts looks at the model. */
  'bench.phase': v.object({ window: v.string(), phase: BenchPhase, done: v.number() }),
  'warning.raised': v.object({ jobId: v.number(), warning: Warning }),
} as const;

export type Events = typeof events;
export type EventName = keyof Events;
export type EventData<E extends EventName> = v.InferOutput<Events[E]>;

/** What a transport offers a client: the browser socket, Electron's bridge, or the host itself. */
export interface RpcClient {
  call<M extends Method>(method: M, args: Args<M>): Promise<Result<M>>;
  /** Returns the function that ends the subscription. */
  on<E extends EventName>(event: E, listener: (data: EventData<E>) => void): () => void;
}

/** Kinds of media a page can show; always addressed by id, never by path. */
export const mediaKinds = ['image', 'thumbnail', 'adversarial', 'export', 'bench'] as const;
export type MediaKind = (typeof mediaKinds)[number];

/**
 * Relative address of a picture or exported file, the same under `app://` and the loopback server.
 * `adversarial` ids are `<jobId>-<imageId>`.
 */
export function mediaUrl(kind: MediaKind, id: number | string): string {
  return `media/${kind}/${encodeURIComponent(String(id))}`;
}

/** Relative address of the loopback server that takes the content of a weight file; `?name=` names it. */
export const uploadPath = 'upload/weights';
