import * as tf from '@tensorflow/tfjs-core';
import {
  BatchNorm,
  Conv2d,
  Linear,
  Module,
  Scope,
  constant,
  globalAvgPool,
} from '../../../src/worker/nn';
import type {
  ForwardContext,
  Line,
  Model,
  ModelDef,
  OutputMapping,
} from '../../../src/worker/models/model';
import type { Batch, TrainingData } from '../../../src/worker/training';
import { random } from '@shared/random';

/** f(x) = sum of w * x over all pixels of a 2 x 2 picture: its gradient is w, whatever x. */
export class LinearScorer extends Module implements Model {
  readonly normalisation: Model['normalisation'];
  readonly #head: Linear;

  constructor(std = [1, 1, 1]) {
    super(new Scope(5));
    this.normalisation = { mean: [0, 0, 0], std };
    this.#head = this.child('head', (scope) => new Linear(scope, { inputs: 12, outputs: 1 }));
  }

  forward(x: tf.Tensor4D): tf.Tensor1D {
    return tf.reshape(this.#head.forward(tf.reshape(x, [x.shape[0], 12])), [x.shape[0]]);
  }
}

/** f(x) = min(w * x, w / 2) with w = 1/8 per pixel of a 2 x 2 picture: grey pictures lie on its ridge. */
export class RidgeScorer extends Module implements Model {
  readonly normalisation = { mean: [0, 0, 0], std: [1, 1, 1] };
  readonly #head: Linear;

  constructor() {
    super(new Scope(5));
    this.#head = this.child(
      'head',
      (scope) =>
        new Linear(scope, {
          inputs: 12,
          outputs: 1,
          initialise: constant(1 / 8),
          initialiseBias: constant(0),
        }),
    );
  }

  forward(x: tf.Tensor4D): tf.Tensor1D {
    const sum = this.#head.forward(tf.reshape(x, [x.shape[0], 12]));
    return tf.reshape(tf.minimum(sum, 12 / 16), [x.shape[0]]);
  }
}

/** Two heads that are sums of w * x over a 2 x 2 picture; a fitted line brings the first to the ratings. */
export class LinearHeads extends Module implements Model {
  readonly normalisation = { mean: [0, 0, 0], std: [1, 1, 1] };
  readonly #head: Linear;
  #lines: readonly Line[] = [];
  readonly mapping: OutputMapping = {
    get: () => this.#lines,
    set: (lines) => {
      this.#lines = lines;
    },
  };

  constructor(seed = 5) {
    super(new Scope(seed));
    this.#head = this.child('head', (scope) => new Linear(scope, { inputs: 12, outputs: 2 }));
  }

  heads(x: tf.Tensor4D): tf.Tensor2D {
    return this.#head.forward(tf.reshape(x, [x.shape[0], 12]));
  }

  forward(x: tf.Tensor4D): tf.Tensor1D {
    const first = tf.reshape(tf.slice(this.heads(x), [0, 0], [x.shape[0], 1]), [x.shape[0]]);
    const line = this.#lines[0];
    return line ? tf.add(tf.mul(first, line.scale), line.offset) : (first as tf.Tensor1D);
  }
}

/** Convolution, batch norm, smooth activation, pooling, output: small enough for exact checks, with every BN mode. */
export class SmoothScorer extends Module implements Model {
  readonly normalisation = { mean: [0.5, 0.5, 0.5], std: [0.2, 0.25, 0.5] };
  readonly #conv: Conv2d;
  readonly #norm: BatchNorm;
  readonly #head: Linear;

  constructor(seed: number) {
    super(new Scope(seed));
    this.#conv = this.child(
      'conv',
      (scope) => new Conv2d(scope, { inputs: 3, outputs: 4, kernel: 3 }),
    );
    this.#norm = this.child('norm', (scope) => new BatchNorm(scope, 4));
    this.#head = this.child('head', (scope) => new Linear(scope, { inputs: 4, outputs: 1 }));
  }

  forward(x: tf.Tensor4D, context: ForwardContext): tf.Tensor1D {
    const { mean, std } = this.normalisation;
    const normal: tf.Tensor4D = tf.div(tf.sub(x, tf.tensor1d(mean)), tf.tensor1d(std));
    const features = tf.tanh(this.#norm.forward(this.#conv.forward(normal), context.batchNorm));
    return tf.reshape(this.#head.forward(globalAvgPool(features)), [x.shape[0]]);
  }
}

export const smoothDef: ModelDef = {
  id: 'smooth',
  version: 1,
  title: 'Smooth',
  citation: 'made for tests',
  summary: 'made for tests',
  params: [],
  recipe: { trainer: { batchSize: 4, learningRate: 0.01, weightDecay: 0 }, nt: { lambda: 0.0001 } },
  presets: [],
  views: () => ({ kind: 'crop', height: 6, width: 6 }),
  labScale: { scale: 100, offset: 0 },
  build: (_values, seed) => new SmoothScorer(seed),
};

/** Random pictures whose rating is their mean brightness; every batch is a function of epoch and index. */
export function brightnessData(batchesPerEpoch: number, batchSize = 4): TrainingData {
  const batch = (epoch: number, index: number): Batch => {
    const x = random(9, 'pictures', epoch, index).uniforms(batchSize * 108);
    const y = new Float32Array(batchSize);
    for (let i = 0; i < batchSize; i++) {
      const scale = (i + 1) / batchSize;
      for (let j = i * 108; j < (i + 1) * 108; j++) x[j] = (x[j] ?? 0) * scale;
      y[i] = (100 * x.subarray(i * 108, (i + 1) * 108).reduce((a, b) => a + b, 0)) / 108;
    }
    return { x, shape: [batchSize, 6, 6, 3], y };
  };
  return {
    batchesPerEpoch,
    // eslint-disable-next-line @typescript-eslint/require-await -- the contract is asynchronous, these batches are not
    async *batches(epoch, first) {
      for (let index = first; index < batchesPerEpoch; index++) yield batch(epoch, index);
    },
    validate: () => Promise.resolve({ srocc: null, rmse: null }),
  };
}
