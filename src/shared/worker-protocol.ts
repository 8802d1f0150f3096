import type { BenchPhase, BenchResult, BenchScope } from './domain/bench';
import type { Catalogue, EngineInfo, EngineName, EngineRung } from './domain/catalogue';
import type { TrialResult } from './domain/preflight';
import type { AttackRow, NormRow, ScoreRow, TraceRow } from './domain/results';
import type {
  AttackDefence,
  EpochMetric,
  ImportedScale,
  JobProgress,
  ScoreDefence,
  Selection,
  StepMetric,
  Warning,
} from './domain/run';
import type { WeightFacts } from './domain/weights';
import type { LabErrorData } from './errors';
import type { ParamValues } from './params';
import type { PerceptualId } from './weights/measures';

/**
 * Messages between the host and the worker. A job's payload is complete: the worker never asks the
 * host for more, never opens the database, and may die at any time. Rows reach the host at most one
 * second after they are computed; the host commits each batch in one transaction.
 */
export interface JobImage {
  readonly id: number;
  /** Absolute path of the original, checked by the host to lie inside the data set's root. */
  readonly path: string;
  readonly sha256: string;
  /** Rating on the lab scale. */
  readonly mos: number;
}

interface ModelPayload {
  readonly runId: number;
  readonly modelId: string;
  readonly modelParams: ParamValues;
  readonly trainer: ParamValues;
  readonly nt: ParamValues | null;
  /** Adversarial training; absent where there is none. */
  readonly at?: ParamValues;
  readonly seed: number;
  /** Folder for decoded-image caches, inside the workspace, safe to delete. */
  readonly cacheDir: string;
}

/** A weight file of the workspace; the worker checks its checksum before it uses it. */
export interface InitialPayload {
  readonly path: string;
  readonly sha256: string;
  readonly label: string;
}

/** A weight file that an attack reads, by the need it serves (see `NeededFile`). */
export interface NeededPayload extends InitialPayload {
  readonly need: string;
}

/** A picture distance to be recorded, and the files it is made of. */
export interface MeasurePayload {
  readonly id: PerceptualId;
  readonly title: string;
  readonly files: readonly NeededPayload[];
  /** Names of the files whose checksum is not that of the published one. */
  readonly unpublished: readonly string[];
}

export interface TrainPayload extends ModelPayload {
  readonly kind: 'train';
  readonly train: readonly JobImage[];
  readonly validation: readonly JobImage[];
  /** Non-empty only when the checkpoint is selected on test; always said aloud. */
  readonly selectOn: readonly JobImage[];
  readonly selection: Selection;
  readonly checkpointDir: string;
  /** Weight files to start from, each loaded over the weights drawn from the seed; empty: scratch. */
  readonly initial: readonly InitialPayload[];
  /** Checkpoint to continue from; null starts afresh. */
  readonly resumeFrom: string | null;
  /** Set where the weights of `initial` are taken as they are: nothing is trained. */
  readonly imported?: { readonly scale: ImportedScale };
  /** From ratings as published to the lab scale: lab = scale * rating + offset. */
  readonly ratingScale?: { readonly scale: number; readonly offset: number };
}

interface BatchPayload extends ModelPayload {
  readonly checkpoint: string;
  /** The run's own line from native output to lab scale; absent: the model's. */
  readonly labScale?: { readonly scale: number; readonly offset: number };
  /** Only the images that have no row yet: a resumed job skips finished ones. */
  readonly images: readonly JobImage[];
  /** Images already done, for honest progress. */
  readonly doneBefore: number;
}

export interface EvaluatePayload extends BatchPayload {
  readonly kind: 'evaluate';
  readonly defence?: ScoreDefence;
}

export interface AttackPayload extends BatchPayload {
  readonly kind: 'attack';
  readonly attackId: string;
  readonly params: ParamValues;
  readonly run: ParamValues;
  readonly attackSeed: number;
  readonly files: readonly NeededPayload[];
  /** Distances recorded for every picture beside those that need no file. */
  readonly measures: readonly MeasurePayload[];
  readonly defence?: AttackDefence;
  /** Folder for adversarial images when they are kept. */
  readonly imageDir: string;
  /** Images whose every step is recorded. */
  readonly traceIds: readonly number[];
}

export interface NormsPayload extends BatchPayload {
  readonly kind: 'norms';
  readonly params: ParamValues;
}

/** One attack on one picture, to be looked at: no job, nothing is stored. */
export interface BenchPayload extends ModelPayload {
  readonly checkpoint: string;
  /** The run's own line from native output to lab scale; absent: the model's. */
  readonly labScale?: { readonly scale: number; readonly offset: number };
  readonly image: JobImage;
  readonly attackId: string;
  readonly params: ParamValues;
  readonly run: ParamValues;
  readonly files: readonly NeededPayload[];
  /** Distances that need weight files; none in a preview. */
  readonly measures: readonly MeasurePayload[];
  readonly attackSeed: number;
  readonly scope: BenchScope;
}

/** What it came to, with the pixels to show. */
export interface BenchReply {
  readonly result: BenchResult;
  /** `[height, width, 3]` uint8: the picture as the model meets it. */
  readonly clean: Uint8Array;
  /** `[height, width, 3]` float32 in [0, 1]. */
  readonly attacked: Float32Array;
}

export interface FitPayload extends ModelPayload {
  readonly kind: 'fit';
  readonly fitId: string;
  readonly params: ParamValues;
  readonly fitSeed: number;
  /** Weights of the run; null where the fit uses its pictures and ratings only. */
  readonly checkpoint: string | null;
  readonly images: readonly JobImage[];
  readonly files: readonly NeededPayload[];
  /** File that holds how far an interrupted fit has come. */
  readonly positionPath: string;
  /** Whether to continue from it. */
  readonly resume: boolean;
  /** Folder the result goes into, under the name of its SHA-256. */
  readonly resultDir: string;
  /** What the result says of where it came from, by key: data set, run, their checksums. */
  readonly provenance: Readonly<Record<string, string>>;
}

/** A few steps of a training that is not set up yet, in a process of its own; nothing is recorded. */
export interface TrialPayload extends Omit<ModelPayload, 'nt' | 'at' | 'runId'> {
  readonly kind: 'trial';
  /** NT settings of each twin to measure; null for the baseline. */
  readonly twins: readonly (ParamValues | null)[];
  /** Adversarial training of all but the first of them; absent: none. */
  readonly twinAt?: ParamValues;
  readonly train: readonly JobImage[];
  readonly ratingScale?: { readonly scale: number; readonly offset: number };
}

export type JobPayload =
  TrainPayload | EvaluatePayload | AttackPayload | NormsPayload | FitPayload | TrialPayload;

export type ControlAction = 'pause' | 'resume' | 'stop' | 'stop-after-epoch';

export type HostMessage =
  | { readonly type: 'load-engine'; readonly name: EngineName | null }
  | { readonly type: 'start'; readonly jobId: number; readonly payload: JobPayload }
  | { readonly type: 'control'; readonly jobId: number; readonly action: ControlAction }
  /** What is in this weight file? Needs no engine, and a running job goes on meanwhile. */
  | { readonly type: 'inspect-weights'; readonly requestId: number; readonly path: string }
  /** Writes a checkpoint's weights as a file for other programs. Needs no engine either. */
  | {
      readonly type: 'write-weights';
      readonly requestId: number;
      readonly order: WriteWeights;
    }
  /** Attacks one picture at once; refused while a job runs, which has a process of its own. */
  | { readonly type: 'bench'; readonly requestId: number; readonly payload: BenchPayload }
  /** Nobody waits for it any more: it ends at its next look at the model. */
  | { readonly type: 'bench-cancel'; readonly requestId: number }
  | { readonly type: 'shutdown' };

export interface WriteWeights {
  readonly checkpoint: string;
  /** Absolute; nothing may be there yet. */
  readonly path: string;
  readonly format: 'safetensors' | 'torch';
  readonly modelParams: ParamValues;
  readonly labScale: { readonly scale: number; readonly offset: number };
  /** What the file says of where it comes from, by name. */
  readonly about: Readonly<Record<string, string>>;
}

export interface WrittenWeights {
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface CheckpointInfo {
  readonly path: string;
  readonly epoch: number;
  readonly step: number;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** True when this epoch is the best so far by the run's selection rule. */
  readonly selected: boolean;
}

export interface TrainSummary {
  readonly epochs: number;
  readonly steps: number;
  readonly selectedEpoch: number;
  readonly selectedCheckpoint: string;
  readonly weightsSha256: string;
  readonly parameterCount: number;
  readonly labScale: { readonly scale: number; readonly offset: number };
  /** True when the person stopped it before the last epoch. */
  readonly stoppedEarly: boolean;
}

/** The file a fit came to. */
export interface FitSummary {
  readonly path: string;
  /** What to call it: "uap-optimised-3f2a9c.safetensors" */
  readonly fileName: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly facts: WeightFacts;
}

export type WorkerMessage =
  /** First message, before any engine is loaded. */
  | { readonly type: 'hello'; readonly pid: number; readonly catalogue: Catalogue }
  | { readonly type: 'engine'; readonly info: EngineInfo; readonly ladder: readonly EngineRung[] }
  | {
      readonly type: 'engine-failed';
      readonly error: LabErrorData;
      readonly ladder: readonly EngineRung[];
    }
  | { readonly type: 'weights'; readonly requestId: number; readonly facts: WeightFacts }
  | {
      readonly type: 'weights-written';
      readonly requestId: number;
      readonly file: WrittenWeights;
    }
  | {
      readonly type: 'weights-refused';
      readonly requestId: number;
      readonly error: LabErrorData;
    }
  | {
      readonly type: 'bench-phase';
      readonly requestId: number;
      readonly phase: Exclude<BenchPhase, 'starting'>;
      /** Looks the attack has taken at the model. */
      readonly done: number;
    }
  | { readonly type: 'bench-answer'; readonly requestId: number; readonly reply: BenchReply }
  | { readonly type: 'bench-refused'; readonly requestId: number; readonly error: LabErrorData }
  | { readonly type: 'started'; readonly jobId: number }
  | { readonly type: 'progress'; readonly jobId: number; readonly progress: JobProgress }
  | { readonly type: 'steps'; readonly jobId: number; readonly steps: readonly StepMetric[] }
  | { readonly type: 'epoch'; readonly jobId: number; readonly epoch: EpochMetric }
  | { readonly type: 'checkpoint'; readonly jobId: number; readonly checkpoint: CheckpointInfo }
  | { readonly type: 'scores'; readonly jobId: number; readonly rows: readonly ScoreRow[] }
  | {
      readonly type: 'attacks';
      readonly jobId: number;
      readonly rows: readonly AttackRow[];
      readonly traces: readonly TraceRow[];
    }
  | { readonly type: 'norms'; readonly jobId: number; readonly rows: readonly NormRow[] }
  | { readonly type: 'warning'; readonly jobId: number; readonly warning: Warning }
  | { readonly type: 'paused'; readonly jobId: number }
  | { readonly type: 'resumed'; readonly jobId: number }
  /** Stopped on request; finished rows and the last checkpoint are kept. */
  | { readonly type: 'stopped'; readonly jobId: number }
  | {
      readonly type: 'done';
      readonly jobId: number;
      readonly train: TrainSummary | null;
      readonly fit?: FitSummary;
      readonly trial?: TrialResult;
    }
  | { readonly type: 'failed'; readonly jobId: number; readonly error: LabErrorData }
  /** At least every 2 s while a job runs; the host renews the job's lease with it. */
  | { readonly type: 'alive'; readonly memoryBytes: number };
