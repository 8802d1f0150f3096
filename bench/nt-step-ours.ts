import { performance } from 'node:perf_hooks';
import * as tf from '@tensorflow/tfjs-core';
import { defaultValues } from '@shared/params';
import { random } from '@shared/random';
import { viewShapes } from '../src/worker/data/views';
import { loadEngine } from '../src/worker/engine';
import { models } from '../src/worker/models';
import { trainerSpecsOf } from '../src/worker/trainer-specs';
import { buildTraining, computeStep } from '../src/worker/training';

/** NT steps of a model on random pictures; prints seconds per step after a first one, and the process' peak memory. */
const settings = JSON.parse(process.argv[2] ?? '{}') as {
  model: string;
  batch: string;
  steps: string;
  recompute: boolean;
};
const batch = Number(settings.batch);
const loaded = await loadEngine('cpu');
const def = models.find(settings.model);
const trainer = defaultValues(trainerSpecsOf(def), def.recipe.trainer);
const { height, width } = viewShapes(def.views(defaultValues(def.params), trainer)).train;
if (height === null || width === null) {
  throw new Error(`nt-step: ${def.id} trains on pictures of any size`);
}
const training = buildTraining(def, {
  modelParams: {},
  trainer: { recompute: settings.recompute },
  nt: {},
  seed: 1,
});
const shape: [number, number, number, number] = [batch, height, width, 3];
const pixels = random(1, 'bench').uniforms(tf.util.sizeFromShape(shape));
const ratings = random(2, 'bench').uniforms(batch, 20, 80);
const seconds: number[] = [];
for (let step = 0; step <= Number(settings.steps); step++) {
  const start = performance.now();
  const x = tf.tensor4d(pixels, shape);
  const { gradients } = computeStep(training.model, x, ratings, training.stepAt(0), step);
  training.optimizer.step(gradients, training.rateFactor({ epoch: 0, step, totalSteps: 1000 }));
  x.dispose();
  for (const gradient of gradients.values()) gradient?.dispose();
  if (step > 0) seconds.push((performance.now() - start) / 1000);
}
const peakGb = (process.resourceUsage().maxRSS * 1024) / 1e9;
const engine = loaded.info.description;
const size = `${height} x ${width}`;
process.stdout.write(`${JSON.stringify({ seconds, peakGb, engine, size })}\n`);
