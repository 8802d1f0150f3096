import type { TrialResult, TrialTwin } from '@shared/domain/preflight';
import { checkValues } from '@shared/params';
import type { TrialPayload } from '@shared/worker-protocol';
import { ModelScorer } from '../../attacks/harness/model-scorer';
import { PictureStore } from '../../data/picture-store';
import { viewSettings } from '../../data/settings';
import { batchesPerEpoch, TrainingFeed } from '../../data/training-feed';
import { viewShapes } from '../../data/views';
import { models, type ModelDef } from '../../models';
import { trainerSpecsOf } from '../../trainer-specs';
import { buildTraining, takeStep, type Batch, type Training } from '../../training';
import type { Job } from '../job';
import { scorePicture, scoringRows } from '../score-picture';
import { openSitter } from '../sitter';

/** Timed steps after the first; fewer where one takes long. */
const timedSteps = 3;
const longMs = 20_000;
/** Enough pictures to time opening and scoring. */
const fewPictures = 3;

/**
 * Takes a few real optimiser steps of a training, with its own pictures, settings and stages, and tells how long they
 * took and how much memory they needed. Nothing is stored but the cache of opened pictures.
 *
 * Memory is the high-water mark of the process, so a trial needs a process of its own.
 * @throws LabError as a training would at its start
 */
export async function trial(payload: TrialPayload, job: Job): Promise<TrialResult> {
  const def = models.find(payload.modelId);
  const trainer = checkValues(def.title, trainerSpecsOf(def), payload.trainer, def.recipe.trainer);
  const values = checkValues(def.title, def.params, payload.modelParams);
  const shapes = viewShapes(def.views(values, trainer));
  const settings = viewSettings(trainer);
  const batchSize = Number(trainer['batchSize']);
  const { train, cacheDir, seed } = payload;

  const perPicture = shapes.train.kind === 'whole' ? 1 : settings.trainViews;
  const needed = Math.max(fewPictures, Math.ceil(batchSize / perPicture));
  const images = train.slice(0, needed);
  const store = new PictureStore({ cacheDir, shape: shapes.train });
  const openedAt = performance.now();
  const sizes = [];
  for (const image of images) sizes.push(await store.size(image));
  const openMs = (performance.now() - openedAt) / images.length;
  const feedOptions = { images, sizes, shape: shapes.train, settings, batchSize, seed };
  const stepsPerEpoch = batchesPerEpoch({ ...feedOptions, images: train });
  const batch = await new TrainingFeed(store, feedOptions).make(0, 0);

  const twins: TrialTwin[] = [];
  let scoreMs = 0;
  for (const [i, nt] of payload.twins.entries()) {
    const at = i > 0 ? payload.twinAt : undefined;
    const training = buildTraining(def, { ...payload, nt, at, trainer });
    try {
      const stages = await timeStages(training, batch, stepsPerEpoch, job);
      if (scoreMs === 0) scoreMs = await timeScores(def, training, payload, shapes.test, settings);
      twins.push({
        regime: nt || at ? 'nt' : 'baseline',
        stages,
        peakBytes: process.resourceUsage().maxRSS * 1024,
        checkpointBytes: bytesOf(training.model.stateDict()) + bytesOf(training.optimizer.state()),
      });
    } finally {
      training.dispose();
    }
  }
  return { twins, stepsPerEpoch, scoreMs, openMs };
}

async function timeStages(
  training: Training,
  batch: Batch,
  batchesPerEpoch: number,
  job: Job,
): Promise<TrialTwin['stages']> {
  const stages: TrialTwin['stages'] = [];
  let epoch = 0;
  for (const { title, epochs } of training.plan) {
    if (epochs === 0) continue;
    training.optimizer.enter(epoch);
    const at = { epoch, step: epoch * batchesPerEpoch, settings: training.stepAt(epoch) };
    const times: number[] = [];
    do {
      await job.control.checkpoint();
      const startedAt = performance.now();
      takeStep(training, batch, { ...at, data: { batchesPerEpoch } });
      times.push(performance.now() - startedAt);
    } while (times.length <= timedSteps && (times[0] ?? 0) < longMs);
    stages.push({ title, epochs, stepMs: median(times.length > 1 ? times.slice(1) : times) });
    epoch += epochs;
  }
  return stages;
}

async function timeScores(
  def: ModelDef,
  { model }: Training,
  { train, cacheDir, seed }: TrialPayload,
  shape: ReturnType<typeof viewShapes>['test'],
  settings: ReturnType<typeof viewSettings>,
): Promise<number> {
  const store = new PictureStore({ cacheDir, shape });
  const scorer = new ModelScorer(model, def.labScale, scoringRows);
  const times: number[] = [];
  for (const image of train.slice(0, fewPictures)) {
    const sitter = await openSitter({ store, shape, settings, seed }, image);
    const startedAt = performance.now();
    await scorePicture(scorer, sitter);
    times.push(performance.now() - startedAt);
  }
  return median(times.length > 1 ? times.slice(1) : times);
}

function bytesOf(state: ReadonlyMap<string, { readonly data: Float32Array }>): number {
  return [...state.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
