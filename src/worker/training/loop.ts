import * as tf from '@tensorflow/tfjs-core';
import type { EpochMetric, StepMetric, Warning } from '@shared/domain/run';
import { LabError } from '@shared/errors';
import { adversarialBatch } from './adversarial-batch';
import type { Training } from './build';
import { saveCheckpoint } from './checkpoint';
import type { CheckpointMeta, Position, WrittenCheckpoint } from './checkpoint';
import { startsFromBest } from './stages';
import { computeStep } from './step';
import type { StepSettings } from './step';
import { LossWatch } from './watch';

/** One optimiser step's views and ratings. */
export interface Batch {
  /** Pixels in [0, 1], RGB, row-major `[n, height, width, 3]`; read before the next batch is asked for. */
  readonly x: Float32Array;
  readonly shape: readonly [n: number, height: number, width: number, channels: number];
  /** Ratings on the lab scale, `[n]`. */
  readonly y: Float32Array;
}

export interface Validation {
  readonly srocc: number | null;
  readonly rmse: number | null;
}

/** Where training views and validation scores come from. */
export interface TrainingData {
  /** Batches of every epoch; the same in each. */
  readonly batchesPerEpoch: number;
  /**
   * The batches of an epoch (0-based) from `first` on. A function of the seed, the epoch and the position only, so that
   * a resumed run sees what the uninterrupted one would have.
   */
  batches(epoch: number, first: number): AsyncIterable<Batch>;
  /** Scores the validation set with the model as it is; nulls where there is none or the metric is undefined. */
  validate(epoch: number): Promise<Validation>;
}

export interface LoopEvents {
  /** At most four times a second, and before every epoch's end. */
  onSteps?(steps: StepMetric[]): void;
  onEpoch?(epoch: EpochMetric): void | Promise<void>;
  onCheckpoint?(checkpoint: SavedCheckpoint): void | Promise<void>;
  onWarning?(warning: Warning): void;
}

/** What a person may ask of a running training; the loop asks back between steps. */
export interface TrainingControl {
  /** Lets messages in and waits while paused; throws LabError `cancelled` when training is to stop now. */
  checkpoint(): Promise<void>;
  /** True when training is to stop once the epoch has been validated and saved. */
  readonly stopAfterEpoch: boolean;
}

export interface SavedCheckpoint extends Position, WrittenCheckpoint {
  readonly path: string;
  /** False for one written in mid-epoch because training was stopped. */
  readonly epochComplete: boolean;
}

export interface LoopOptions {
  readonly training: Training;
  readonly data: TrainingData;
  readonly model: Pick<CheckpointMeta, 'modelId' | 'modelVersion'>;
  /** Where training stands: zeros, or what `loadCheckpoint` returned. */
  readonly from: Position;
  readonly control: TrainingControl;
  readonly events: LoopEvents;
  /** File for the checkpoint of a position. */
  checkpointPath(position: Position): string;
  /** Stored with every checkpoint and handed back by `loadCheckpoint`. */
  extra?(): Record<string, string>;
  /** Gives the model the weights of the best epoch of the stage that has ended. */
  restoreBest?(): Promise<void>;
}

export interface LoopResult extends Position {
  readonly stoppedEarly: boolean;
}

const REPORT_EVERY_MS = 250;

/**
 * Trains from a position to the last epoch, or until it is told to stop.
 *
 * Batches, dropout and schedule are functions of the position, and a checkpoint holds weights and moments bit by bit, so
 * on a deterministic engine a resumed run ends with the bits of the uninterrupted one. Control reaches it between steps.
 *
 * @throws LabError `non-finite` naming the term; no weight is changed by that step and no checkpoint is overwritten
 */
export async function trainLoop(options: LoopOptions): Promise<LoopResult> {
  const { training, data, control, events } = options;
  const reporter = new StepReporter(events);
  const watch = new LossWatch();
  let { epoch, step } = options.from;
  while (epoch < training.epochs) {
    const startedAt = performance.now();
    let waitedMs = 0;
    const first = step - epoch * data.batchesPerEpoch;
    const settings = training.stepAt(epoch);
    const batches = data.batches(epoch, first)[Symbol.asyncIterator]();
    try {
      for (let index = first; index < data.batchesPerEpoch; index++) {
        if (await askedToStop(control)) {
          await save(options, { epoch, step }, false);
          return { epoch, step, stoppedEarly: true };
        }
        // Weights come from elsewhere only now: a checkpoint of an ended epoch keeps its own.
        if (index === 0 && startsFromBest(training.plan, epoch)) await options.restoreBest?.();
        const askedAt = performance.now();
        const next = await batches.next();
        waitedMs += performance.now() - askedAt;
        if (next.done)
          throw new Error(`training data ended at batch ${index} of epoch ${epoch + 1}`);
        const metric = takeStep(training, next.value, { epoch, step, data, settings });
        step += 1;
        reporter.add(metric);
        const warning = watch.add(metric.total, epoch, metric.step);
        if (warning) events.onWarning?.(warning);
      }
    } finally {
      reporter.flush();
      await batches.return?.();
    }
    const trainMs = performance.now() - startedAt;
    epoch += 1;
    const validation = await data.validate(epoch - 1);
    await events.onEpoch?.({
      epoch,
      step,
      validationSrocc: validation.srocc,
      validationRmse: validation.rmse,
      trainMs,
      dataWaitShare: trainMs > 0 ? waitedMs / trainMs : 0,
    });
    // A checkpoint holds what the next step meets; moments that the next epoch begins without are not kept.
    if (epoch < training.epochs) training.optimizer.enter(epoch);
    await save(options, { epoch, step }, true);
    if (control.stopAfterEpoch) break;
  }
  return { epoch, step, stoppedEarly: epoch < training.epochs };
}

/** One optimiser step. The metric counts steps and epochs from 1. */
export function takeStep(
  training: Training,
  batch: Batch,
  at: {
    epoch: number;
    step: number;
    data: Pick<TrainingData, 'batchesPerEpoch'>;
    settings: StepSettings;
  },
): StepMetric {
  const { epoch, step, settings } = at;
  const position = { epoch, step, totalSteps: training.epochs * at.data.batchesPerEpoch };
  const x = tf.tensor4d(batch.x, [...batch.shape]);
  try {
    const rated = settings.adversarial
      ? adversarialBatch(
          training.model,
          { x, y: batch.y },
          settings.adversarial,
          settings,
          step,
          (ratings) => training.toLossScale(ratings),
        )
      : { x: x.clone(), y: batch.y };
    const y = training.toLossScale(rated.y);
    const { gradients, ...losses } = computeOn(rated.x, (views) =>
      computeStep(training.model, views, y, settings, step),
    );
    training.optimizer.step(gradients, training.rateFactor(position));
    tf.dispose([...gradients.values()].filter((gradient) => gradient !== null));
    const learningRate = training.learningRate(position);
    return { ...losses, step: step + 1, epoch: epoch + 1, learningRate };
  } finally {
    x.dispose();
  }
}

/** Computes on views and gives them back. */
function computeOn<T>(views: tf.Tensor4D, compute: (views: tf.Tensor4D) => T): T {
  try {
    return compute(views);
  } finally {
    views.dispose();
  }
}

async function askedToStop(control: TrainingControl): Promise<boolean> {
  try {
    await control.checkpoint();
    return false;
  } catch (error) {
    if (error instanceof LabError && error.kind === 'cancelled') return true;
    throw error;
  }
}

async function save(
  options: LoopOptions,
  position: Position,
  epochComplete: boolean,
): Promise<void> {
  const path = options.checkpointPath(position);
  const { model, optimizer } = options.training;
  const meta = { ...options.model, ...position, extra: options.extra?.() ?? {} };
  const written = await saveCheckpoint(path, model, optimizer, meta);
  await options.events.onCheckpoint?.({ ...position, ...written, path, epochComplete });
}

/** Collects step metrics so that a fast model does not send hundreds of messages a second. */
class StepReporter {
  readonly #events: LoopEvents;
  #pending: StepMetric[] = [];
  /** Fires while training waits or is paused, so that no step stays unreported. */
  #timer: NodeJS.Timeout | undefined;

  constructor(events: LoopEvents) {
    this.#events = events;
  }

  add(metric: StepMetric): void {
    this.#pending.push(metric);
    this.#timer ??= setTimeout(() => this.flush(), REPORT_EVERY_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.length === 0) return;
    this.#events.onSteps?.(this.#pending);
    this.#pending = [];
  }
}
