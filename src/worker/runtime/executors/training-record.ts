import { basename, join } from 'node:path';
import type { EpochMetric, Selection, StepMetric } from '@shared/domain/run';
import { LabError } from '@shared/errors';
import type { TrainPayload } from '@shared/worker-protocol';
import type { BatchSource } from '../../data/training-feed';
import {
  loadCheckpoint,
  saveCheckpoint,
  stageAt,
  type CheckpointMeta,
  type Position,
  type SavedCheckpoint,
  type Training,
} from '../../training';
import type { Job } from '../job';
import type { Progress } from '../progress';
import { checkpointFile, pruneCheckpoints, withoutMissing } from './checkpoint-files';
import {
  fromExtra,
  nothingChosen,
  replaces,
  toExtra,
  type Chosen,
  type SelectionState,
} from './selection';

interface Parts {
  readonly payload: TrainPayload;
  readonly job: Job;
  readonly training: Training;
  readonly model: Pick<CheckpointMeta, 'modelId' | 'modelVersion'>;
  readonly feed: Pick<BatchSource, 'batchesPerEpoch'>;
  readonly progress: Progress;
}

/** Tells the host what training does, chooses the checkpoint it is judged by, and keeps the folder small. */
export class TrainingRecord {
  readonly #parts: Parts;
  readonly #rule: Selection;
  #state: SelectionState = nothingChosen;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { selection, validation } = parts.payload;
    // With nothing to compare epochs by, the last one is as good a choice as any.
    this.#rule = selection === 'validation' && validation.length === 0 ? 'last' : selection;
    if (this.#rule !== selection) {
      parts.job.warn({
        code: 'no-validation',
        message: 'There are no validation pictures: the run is judged by its last epoch.',
      });
    }
  }

  /** Loads the checkpoint to continue from, if any, and what had been chosen by then. */
  async open(): Promise<Position> {
    const { payload, training, model } = this.#parts;
    if (payload.resumeFrom === null) return { epoch: 0, step: 0 };
    const { model: network, optimizer } = training;
    const meta = await loadCheckpoint(payload.resumeFrom, network, optimizer, model);
    this.#state = await withoutMissing(payload.checkpointDir, fromExtra(meta.extra));
    return { epoch: meta.epoch, step: meta.step };
  }

  begin({ epoch, step }: Position): void {
    const { progress, training, feed } = this.#parts;
    progress.begin(this.#phase('training', epoch), step, training.epochs * feed.batchesPerEpoch);
  }

  /** @throws LabError `missing-file` where a finished training lost the file it was judged by */
  get chosen(): Chosen {
    if (this.#state.chosen) return this.#state.chosen;
    throw new LabError({
      kind: 'missing-file',
      message: `the checkpoint this run is judged by is not in ${this.#parts.payload.checkpointDir}`,
      safe: 'Losses and scores recorded so far are kept.',
      next: 'Put the file back, or train the run again.',
    });
  }

  /**
   * Gives the model the weights of the best epoch of the stage that has ended.
   * @throws LabError `missing-file` where its file has been taken away
   */
  async restoreBest(): Promise<void> {
    const path = join(this.#parts.payload.checkpointDir, this.chosen.file);
    await loadCheckpoint(path, this.#parts.training.model, null);
  }

  /**
   * Loads a checkpoint, lets `change` complete the model and writes it again under its name: weights, moments and
   * position stay what they were, so that it can still be continued from.
   */
  async rewrite(path: string, change: () => Promise<void>): Promise<void> {
    const { training, progress, model } = this.#parts;
    const { model: network, optimizer } = training;
    const meta = await loadCheckpoint(path, network, optimizer, model);
    progress.at(meta.step, 'fitting the line from output to rating');
    await change();
    const written = await saveCheckpoint(path, network, optimizer, meta);
    this.#parts.job.post({
      type: 'checkpoint',
      checkpoint: { path, epoch: meta.epoch, step: meta.step, ...written, selected: true },
    });
  }

  path(position: Position): string {
    return join(this.#parts.payload.checkpointDir, checkpointFile(position));
  }

  extra(): Record<string, string> {
    return toExtra(this.#state);
  }

  steps(steps: readonly StepMetric[]): void {
    const last = steps.at(-1);
    if (!last) return;
    this.#parts.job.post({ type: 'steps', steps });
    this.#parts.progress.at(last.step, this.#phase('training', last.epoch - 1));
  }

  /**
   * Chooses between an epoch and the one chosen so far. Each stage chooses anew: a run is judged by its last stage, and
   * the stages before only lead up to it.
   *
   * @param judgement SROCC the epoch is judged by
   */
  epoch(metric: EpochMetric, judgement: number | null): void {
    const { epoch, step } = metric;
    const candidate = { epoch, step, file: checkpointFile(metric), value: judgement };
    const before = this.#state.chosen;
    const rival = stageAt(this.#parts.training.plan, epoch - 1).epoch === 0 ? null : before;
    this.#state = {
      ...this.#state,
      chosen: replaces(this.#rule, candidate, rival) ? candidate : before,
      chosenBefore: before,
    };
    // The checkpoint that is written next must know itself as one of the recent ones.
    this.#remember(candidate.file);
    this.#parts.job.post({ type: 'epoch', epoch: metric });
  }

  async checkpoint(saved: SavedCheckpoint): Promise<void> {
    const { path, epoch, step, sha256, sizeBytes } = saved;
    this.#remember(basename(path));
    const selected = this.#state.chosen?.file === basename(path);
    this.#parts.job.post({
      type: 'checkpoint',
      checkpoint: { path, epoch, step, sha256, sizeBytes, selected },
    });
    await pruneCheckpoints(this.#parts.payload.checkpointDir, this.#state);
  }

  /**
   * Runs the validation of an epoch (0-based). Where it is stopped, the finished steps of the epoch
   * are saved first: a resume then only validates again.
   */
  async whileSafe<T>(epoch: number, validate: () => Promise<T>): Promise<T> {
    const { progress, feed, training, model } = this.#parts;
    const step = (epoch + 1) * feed.batchesPerEpoch;
    progress.at(step, this.#phase('validating', epoch));
    try {
      return await validate();
    } catch (error) {
      if (error instanceof LabError && error.kind === 'cancelled') {
        const path = this.path({ epoch, step });
        const meta = { ...model, epoch, step, extra: this.extra() };
        const written = await saveCheckpoint(path, training.model, training.optimizer, meta);
        await this.checkpoint({ epoch, step, path, ...written, epochComplete: false });
      }
      throw error;
    }
  }

  #remember(file: string): void {
    const recent = [...this.#state.recent.filter((name) => name !== file), file].slice(-2);
    this.#state = { ...this.#state, recent };
  }

  #phase(what: string, epoch: number): string {
    const { epochs, plan } = this.#parts.training;
    const within = Math.min(epoch, epochs - 1);
    const stage = plan.length > 1 ? ` (${stageAt(plan, within).stage.title})` : '';
    return `${what}, epoch ${within + 1} of ${epochs}${stage}`;
  }
}
