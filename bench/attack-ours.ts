import { performance } from 'node:perf_hooks';
import * as tf from '@tensorflow/tfjs-core';
import { checkValues } from '@shared/params';
import { loadEngine } from '../src/worker/engine';
import fgsm from '../src/worker/attacks/fgsm';
import { AttackBatch } from '../src/worker/attacks/harness/attack-batch';
import { attackPieces } from '../src/worker/attacks/harness/attack-pieces';
import { measure } from '../src/worker/attacks/harness/measure';
import { ModelScorer } from '../src/worker/attacks/harness/model-scorer';
import efficientnet from '../src/worker/models/efficientnet-lite0';
import hyperiqa from '../src/worker/models/hyperiqa';
import { drawnState, tintedPictures } from '../test/helpers/drawn';

/**
 * One-step FGSM on drawn crops by the harness of attack jobs; prints seconds per pass over all crops
 * after a first one, the scores and the process' peak memory. `stored` measures all that a job stores
 * of a picture (SSIM, distances) as well; both score the 8-bit picture, which PyTorch's side does not.
 */
const settings = JSON.parse(process.argv[2] ?? '{}') as {
  model: string;
  crops: string;
  passes: string;
  rows: string;
  epsilon: number;
  mode: 'attack' | 'stored';
};
const models = {
  hyperiqa: { def: hyperiqa, gain: Math.sqrt(3) },
  'efficientnet-lite0': { def: efficientnet, gain: 2.2 },
};
const chosen = models[settings.model as keyof typeof models];
const count = Number(settings.crops);
const rows = Number(settings.rows);
const loaded = await loadEngine('cpu');
const model = chosen.def.build(checkValues('model', chosen.def.params, {}), 1);
model.loadStateDict(drawnState(model.stateDict(), { gain: chosen.gain }));
const scorer = new ModelScorer(model, chosen.def.labScale, rows);
const all = tintedPictures([count, 224, 224, 3]);
const size = 224 * 224 * 3;
const params = checkValues('FGSM', fgsm.params, { epsilon: settings.epsilon });
const groups = Array.from({ length: Math.ceil(count / rows) }, (_, g) => {
  const first = g * rows;
  const members = Math.min(rows, count - first);
  const data = all.subarray(first * size, (first + members) * size);
  const seeds = Array.from({ length: members }, (__, i) => first + i);
  const places = seeds.map(() => ({ top: 0, left: 0 }));
  return { count: members, height: 224, width: 224, data, seeds, places };
});
const seconds: number[] = [];
const processor: number[] = [];
let clean: number[] = [];
let attacked: number[] = [];
for (let pass = 0; pass <= Number(settings.passes); pass++) {
  const start = performance.now();
  const spent = process.cpuUsage();
  const parts = [];
  for (const pieces of groups) {
    const nothing = (): Promise<void> => Promise.resolve();
    parts.push(await attackPieces(fgsm, params, scorer, pieces, nothing, new AttackBatch()));
  }
  if (settings.mode === 'stored') measure(groups, parts);
  if (pass > 0) {
    seconds.push((performance.now() - start) / 1000);
    const { user, system } = process.cpuUsage(spent);
    processor.push((user + system) / 1e6);
  }
  clean = parts.flatMap((part) => [...part.clean]);
  attacked = parts.flatMap((part) => [...part.scoreFloat]);
}
const peakGb = (process.resourceUsage().maxRSS * 1024) / 1e9;
const engine = `${loaded.info.description}; ${tf.memory().numTensors} tensors left`;
process.stdout.write(
  `${JSON.stringify({ seconds, processor, clean, attacked, peakGb, engine })}\n`,
);
