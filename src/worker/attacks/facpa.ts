import * as tf from '@tensorflow/tfjs-core';
import { must } from '@shared/errors';
import { read } from '@shared/params';
import { readFit } from '../fits/fit-file';
import { PerturbationNet } from '../surrogates/perturbation-net';
import type { AttackDef, AttackOutcome, AttackWeights } from './attack';
import { reflectTo } from './facpa/reflect';

interface Generator {
  readonly net: PerturbationNet;
  /** Sides must be multiples of it. */
  readonly unit: number;
  dispose(): void;
}

function openGenerator({ extra, tensors }: AttackWeights): Generator {
  const { settings } = must(readFit(extra, tensors), 'a generator is the file of a fit');
  const depth = read.number(settings, 'depth');
  const net = new PerturbationNet({ depth, width: read.number(settings, 'width') }, 0);
  net.loadStateDict(tensors);
  return { net, unit: 2 ** depth, dispose: () => net.dispose() };
}

const attack: AttackDef = {
  id: 'facpa',
  version: 1,
  title: 'FACPA',
  citation: 'Shumitskaya, Antsiferova & Vatolin, ICLR 2023 Tiny Papers',
  summary:
    'A network that was fitted to fool a model makes a perturbation for each picture in one pass: no gradient is taken, so it is as quick as scoring.',
  access: 'black-box',
  params: [
    {
      type: 'weights',
      id: 'generator',
      label: 'Generator',
      help: 'The network that makes the perturbations. Fit one on a trained model; it may then be used on that model or on others.',
      level: 'paper',
      default: '',
      accepts: ['facpa-generator'],
    },
    {
      type: 'number',
      id: 'epsilon',
      label: 'Largest change of a pixel (epsilon)',
      help: 'The generator’s output, between -1 and 1, is multiplied by this.',
      level: 'paper',
      default: 10 / 255,
      min: 0,
      max: 1,
      unit: 'pixel',
      paper: { value: 10 / 255, source: 'Shumitskaya et al., 2023' },
    },
  ],
  presets: [],
  budget: (params) => ({ norm: 'linf', epsilon: read.number(params, 'epsilon') }),
  async run(x, params, context): Promise<AttackOutcome> {
    const { clean, scorer } = context;
    await context.checkpoint();
    const open = (): Generator => openGenerator(context.weights('generator'));
    const { net, unit } = context.once('generator', open);
    const [count, height, width] = x.shape;
    const upTo = (side: number): number => Math.ceil(side / unit) * unit;
    const padded = { height: upTo(height), width: upTo(width) };
    const pixels = (await x.data()) as Float32Array;
    const input = reflectTo(pixels, count, { height, width }, padded);
    const adversarial: tf.Tensor4D = tf.tidy(() => {
      const whole = tf.tensor4d(input, [count, padded.height, padded.width, 3]);
      const made = net.forward(whole, { training: false, seed: 0, step: 0 });
      const cropped = tf.slice4d(made, [0, 0, 0, 0], [count, height, width, 3]);
      return tf.clipByValue(tf.add(x, tf.mul(cropped, read.number(params, 'epsilon'))), 0, 1);
    });
    const score = await scorer.score(adversarial);
    const [before, after] = [await clean.data(), await score.data()];
    score.dispose();
    return {
      adversarial,
      direction: Int8Array.from({ length: count }, (_, i) =>
        Math.sign((after[i] ?? 0) - (before[i] ?? 0)),
      ),
      steps: 1,
      zeroGradientShare: new Float32Array(count),
    };
  },
};

export default attack;
