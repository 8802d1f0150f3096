import * as tf from '@tensorflow/tfjs-core';
import { read } from '@shared/params';
import type { AttackDef } from './attack';
import { maskedAdam } from './kor/masked-adam';

/** Scores are on the lab scale. */
const RANGE = 100;

const attack: AttackDef = {
  id: 'kor-white-box',
  version: 1,
  title: 'Kor. (MSU white-box)',
  citation: 'Korhonen & You, QoEVMA 2022, as ported by the MSU Metrics Robustness Benchmark',
  summary:
    'The steps of the Kor. attack on the attacked model itself. Its numbers are not those of the attack through a substitute.',
  access: 'white-box',
  params: [
    {
      type: 'number',
      id: 'learningRate',
      label: 'Step (learning rate)',
      help: 'About how far a pixel moves in one step.',
      level: 'paper',
      default: 0.005,
      min: 0,
      max: 0.1,
      unit: 'pixel',
      paper: { value: 0.005, source: 'MSU benchmark' },
    },
    {
      type: 'integer',
      id: 'steps',
      label: 'Steps',
      help: 'Number of gradient steps.',
      level: 'paper',
      default: 10,
      min: 1,
      max: 1000,
      paper: { value: 10, source: 'MSU benchmark' },
    },
  ],
  presets: [],
  budget: () => null,
  async run(x, params, context) {
    const steps = read.number(params, 'steps');
    const settings = {
      learningRate: read.number(params, 'learningRate'),
      map: 'one-axis',
      masks: 'gradient',
      least: steps,
      most: steps,
      clipsEachStep: true,
      keepsLast: true,
    } as const;
    return await maskedAdam(
      x,
      settings,
      async (at) => {
        const lab = await context.scorer.scoreAndGradient(at);
        const score = tf.div<tf.Tensor1D>(lab.score, RANGE);
        const gradient = tf.div<tf.Tensor4D>(lab.gradient, RANGE);
        tf.dispose([lab.score, lab.gradient]);
        return { score, gradient };
      },
      () => context.checkpoint(),
    );
  },
};

export default attack;
