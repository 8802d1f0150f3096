import * as tf from '@tensorflow/tfjs-core';
import { slotOptimizer } from './optimizer';
import type { OptimizerDef } from './optimizer';

const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

/**
 * Adam (Kingma & Ba, ICLR 2015) as PyTorch's: with g the gradient plus decay * p,
 *   m = 0.9 m + 0.1 g,  v = 0.999 v + 0.001 g^2,
 *   p -= rate / (1 - 0.9^t) * m / (sqrt(v) / sqrt(1 - 0.999^t) + 1e-8),
 * eps after the bias-corrected root, t counted per parameter.
 */
const optimizer: OptimizerDef = {
  id: 'adam',
  title: 'Adam',
  help: 'Adapts the step of every weight to its recent gradients. What three of the four models use.',
  params: [],
  build: (groups) =>
    slotOptimizer(groups, (gradient, slot, learningRate) => {
      const first = tf.mul(gradient, 1 - BETA_1);
      const second = tf.mul(tf.square(gradient), 1 - BETA_2);
      const [oldM, oldV] = [slot.moments.get('m'), slot.moments.get('v')];
      const m = oldM ? tf.add(tf.mul(oldM, BETA_1), first) : first;
      const v = oldV ? tf.add(tf.mul(oldV, BETA_2), second) : second;
      const rate = learningRate / (1 - BETA_1 ** slot.steps);
      const root = tf.div(tf.sqrt(v), Math.sqrt(1 - BETA_2 ** slot.steps));
      return { change: tf.mul(tf.div(m, tf.add(root, EPSILON)), -rate), moments: { m, v } };
    }),
};

export default optimizer;
