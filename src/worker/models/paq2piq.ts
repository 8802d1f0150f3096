import * as tf from '@tensorflow/tfjs-core';
import { read } from '@shared/params';
import type { ParamValues } from '@shared/params';
import { BatchNorm, Linear, Module, Scope, dropout, globalAvgPool, globalMaxPool } from '../nn';
import type { ForwardContext, Model, ModelDef } from './model';
import { ResNet, resNetWidths, sequentialNames } from './trunks/resnet';

const HIDDEN = 512;
/** Shares left out before the two linear layers. */
const DROPOUT = [0.25, 0.5] as const;
/** Pixels of the picture per pixel of the trunk's map. */
const STRIDE = 32;

/**
 * PaQ-2-PiQ (Ying et al., CVPR 2020) for whole pictures: ResNet-18, maximum and mean of its last map, two linear layers
 * with batch normalisation and dropout before each. Pixels are not normalised. Native scores are 0 to 100.
 *
 * The released code scores a picture by the box around it, of whose map the maxima of four quarters are pooled; without
 * boxes, as its universal perturbation was made, the whole map is pooled.
 */
class Paq2Piq extends Module implements Model {
  readonly normalisation = { mean: [0, 0, 0], std: [1, 1, 1] };
  readonly #body: ResNet;
  readonly #norms: readonly [BatchNorm, BatchNorm];
  readonly #linears: readonly [Linear, Linear];
  readonly #boxed: boolean;

  constructor(values: Readonly<ParamValues>, seed: number) {
    super(new Scope(seed));
    const width = read.number(values, 'width');
    this.#boxed = read.string(values, 'pooling') === 'box';
    this.#body = this.child(
      'body',
      (scope) => new ResNet(scope, { id: 'resnet18', names: sequentialNames, width }),
    );
    const features = 2 * resNetWidths('resnet18', width)[3];
    const norm = (name: string, channels: number): BatchNorm =>
      this.child(name, (scope) => new BatchNorm(scope, channels));
    const linear = (name: string, inputs: number, outputs: number): Linear =>
      this.child(name, (scope) => new Linear(scope, { inputs, outputs }));
    const first = norm('head.2', features);
    const one = linear('head.4', features, HIDDEN);
    const second = norm('head.6', HIDDEN);
    this.#norms = [first, second];
    this.#linears = [one, linear('head.8', HIDDEN, 1)];
  }

  forward(
    x: tf.Tensor4D,
    { training, seed, step, batchNorm, recompute }: ForwardContext,
  ): tf.Tensor1D {
    const [, , , map] = this.#body.stages(x, batchNorm, recompute);
    const pooled = this.#boxed ? quarters(map, x.shape[1], x.shape[2]) : map;
    // The released code puts the maxima first.
    const features = tf.concat([globalMaxPool(pooled), globalAvgPool(pooled)], 1);
    const drop = (y: tf.Tensor2D, layer: 0 | 1): tf.Tensor2D =>
      training ? dropout(y, DROPOUT[layer], { seed, step, name: `head${layer}` }) : y;
    const first = drop(this.#norms[0].forward(features, batchNorm), 0);
    const hidden = tf.relu(this.#linears[0].forward(first));
    const second = drop(this.#norms[1].forward(hidden, batchNorm), 1);
    return tf.reshape(this.#linears[1].forward(second), [x.shape[0]]);
  }
}

/**
 * Region pooling of the box around the whole picture to 2 x 2 (Girshick, ICCV 2015, as torchvision has it): the box ends
 * at the rounded pixel of the map, that pixel included, and bins overlap where it cannot be halved.
 */
function quarters(map: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const [n, rows, columns, channels] = map.shape;
  const bins = (picture: number, pixels: number): [number, number][] => {
    const bin = (Math.floor(picture / STRIDE + 0.5) + 1) / 2;
    return [0, 1].map((i) => {
      const start = Math.min(pixels - 1, Math.floor(i * bin));
      return [start, Math.max(1, Math.min(pixels, Math.ceil((i + 1) * bin)) - start)];
    });
  };
  const maxima = bins(height, rows).flatMap(([top, high]) =>
    bins(width, columns).map(([left, wide]) =>
      globalMaxPool(tf.slice4d(map, [0, top, left, 0], [n, high, wide, channels])),
    ),
  );
  return tf.reshape(tf.stack(maxima, 1), [n, 2, 2, channels]);
}

const model: ModelDef = {
  id: 'paq2piq',
  version: 1,
  title: 'PaQ-2-PiQ',
  citation: 'Ying, Niu, Gupta, Mahajan, Ghadiyaram & Bovik, CVPR 2020',
  summary:
    'A ResNet-18 that scores the whole picture. The published universal perturbation was made on it; with its weights it serves attacks as a substitute.',
  params: [
    {
      type: 'choice',
      id: 'pooling',
      label: 'Pooling',
      help: 'The whole map, as when the universal perturbation was made, or four quarters of it, as the released code scores pictures.',
      level: 'guided',
      default: 'map',
      options: [
        { value: 'map', label: 'The whole map' },
        { value: 'box', label: 'Four quarters' },
      ],
    },
    {
      type: 'number',
      id: 'width',
      label: 'Width',
      help: 'Share of the published channels. Published weights fit 1 only; less gives a smaller network that starts from scratch.',
      level: 'expert',
      default: 1,
      min: 0.01,
      max: 1,
    },
  ],
  recipe: {
    trainer: { epochs: 10, batchSize: 16, optimizer: 'adam', learningRate: 1e-4 },
    nt: { lambda: 1e-4 },
    // The paper does not use this model but for its perturbation.
    paper: {},
  },
  presets: [],
  miniature: { width: 0.125 },
  views: () => ({ kind: 'whole', height: null, width: null }),
  labScale: { scale: 1, offset: 0 },
  build: (values, seed) => new Paq2Piq(values, seed),
};

export default model;
