import * as tf from '@tensorflow/tfjs-core';
import { read } from '@shared/params';
import { slotOptimizer } from './optimizer';
import type { OptimizerDef } from './optimizer';

/**
 * Stochastic gradient descent with momentum as PyTorch's: with g the gradient plus decay * p,
 *   b = momentum * b + g  (b = g at the first step),  p -= rate * b.
 */
const optimizer: OptimizerDef = {
  id: 'sgd',
  title: 'SGD with momentum',
  help: 'Plain gradient steps with a running average of directions.',
  params: [
    {
      type: 'number',
      id: 'momentum',
      label: 'Momentum',
      help: 'Share of the previous direction that is kept.',
      level: 'expert',
      group: 'Optimiser',
      default: 0.9,
      min: 0,
      max: 1,
    },
  ],
  build: (groups, values) => {
    const momentum = read.number(values, 'momentum');
    return slotOptimizer(groups, (gradient, slot, learningRate) => {
      const previous = slot.moments.get('b');
      // A moment must be a tensor of its own: the gradient belongs to the caller.
      const b = previous ? tf.add(tf.mul(previous, momentum), gradient) : tf.clone(gradient);
      return { change: tf.mul(b, -learningRate), moments: { b } };
    });
  },
};

export default optimizer;
