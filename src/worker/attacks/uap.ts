import * as tf from '@tensorflow/tfjs-core';
import { must } from '@shared/errors';
import { read } from '@shared/params';
import { patternTensor, produces } from '../fits/uap/pattern-result';
import type { AttackDef, AttackOutcome, AttackWeights } from './attack';
import { largestChange, tiled, type Pattern } from './uap/tile';

function patternOf({ tensors }: AttackWeights): Pattern {
  const { shape, data } = must(tensors.get(patternTensor), 'a pattern file holds its pattern');
  const [height = 1, width = 1] = shape;
  return { height, width, values: data };
}

const attack: AttackDef = {
  id: 'uap',
  version: 1,
  title: 'UAP',
  citation: 'Shumitskaya, Antsiferova & Vatolin, BMVC 2022',
  summary:
    'Adds one and the same pattern to every picture. The pattern was fitted on a model, which need not be the one that is attacked.',
  access: 'black-box',
  params: [
    {
      type: 'weights',
      id: 'pattern',
      label: 'Pattern',
      help: 'A universal perturbation: one that was fitted in this workspace, or a published one. The paper uses the one its authors fitted on PaQ-2-PiQ and publish as a picture.',
      level: 'paper',
      default: '',
      accepts: [produces.id],
    },
    {
      type: 'number',
      id: 'epsilon',
      label: 'Strength (largest change of a pixel)',
      help: 'The pattern is scaled so that its largest value is this. 0.04 is 10.2 grey levels.',
      level: 'paper',
      default: 0.04,
      min: 0,
      max: 1,
      unit: 'pixel',
      paper: { value: 0.04, source: 'Table S7, "scale"' },
    },
    {
      type: 'choice',
      id: 'tiling',
      label: 'Where the pattern lies',
      help: 'The published code lays tiles over the picture, so each view sees another part of them. Laid on each view on its own, every view sees the pattern from its corner on; such a picture could not be saved.',
      level: 'guided',
      default: 'picture',
      options: [
        { value: 'picture', label: 'Tiles over the picture' },
        { value: 'view', label: 'Tiles over each view' },
      ],
    },
  ],
  presets: [
    {
      id: 'paper',
      title: "The paper's setting",
      help: 'Strength 0.04, that is 10.2 grey levels. On many pictures SSIM is then below 0.9.',
      params: { epsilon: 0.04 },
    },
    {
      id: 'ssim-09',
      title: 'SSIM about 0.9',
      help: 'Strength 0.02, at which SSIM at full resolution is about 0.9 on photographs.',
      params: { epsilon: 0.02 },
    },
  ],
  budget: (params) => ({ norm: 'linf', epsilon: read.number(params, 'epsilon') }),
  async run(x, params, context): Promise<AttackOutcome> {
    const { places, clean, scorer } = context;
    await context.checkpoint();
    const pattern = patternOf(context.weights('pattern'));
    const largest = largestChange(pattern);
    const factor = largest === 0 ? 0 : read.number(params, 'epsilon') / largest;
    const onView = read.string(params, 'tiling') === 'view';
    const [count, height, width] = x.shape;
    const moves = new Float32Array(x.size);
    places.forEach((place, i) => {
      const from = onView ? { top: 0, left: 0 } : place;
      moves.set(tiled(pattern, { height, width }, from, factor), i * height * width * 3);
    });
    const adversarial: tf.Tensor4D = tf.tidy(() =>
      tf.clipByValue(tf.add(x, tf.tensor4d(moves, x.shape)), 0, 1),
    );
    // The pattern decides which way a score goes; the row says which way it went.
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
