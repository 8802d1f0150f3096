import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { defaultValues } from '@shared/params';
import dbcnn, { bilinearPool } from '../../../src/worker/models/dbcnn';
import { trainerSpecsOf } from '../../../src/worker/trainer-specs';
import { eachEngine } from '../../helpers/engines';
import { checkEvaluation, checkTraining, readFixture } from '../../helpers/exactness';
import { expectAllClose } from '../../helpers/tensors';

/** test/fixtures/torch/dbcnn.py: a quarter of the width, torch 2.13 in float64. */
const fixture = readFixture('dbcnn');

eachEngine('DBCNN', (engine) => {
  test('scores and their input gradient are PyTorch’s', () => {
    const { scores, inputGradient } = checkEvaluation(dbcnn, fixture);
    // Measured: scores 6e-7 on cpu, 3e-6 on wasm, 6e-7 for PyTorch in float32; gradients 2e-5 at most.
    expect(scores.worst, scores.where).toBeLessThan(1e-5);
    expect(inputGradient.worst, inputGradient.where).toBeLessThan(1e-4);
  });

  const modes = ['baseline', 'released', 'shared'] as const;
  test.each(engine === 'cpu' ? modes : modes.slice(2))(
    'three steps on all layers, %s, end with PyTorch’s weights and running statistics',
    (mode) => {
      const { losses, gradients, changes, buffers } = checkTraining(dbcnn, fixture, mode);
      // The norm term squares a difference of scores divided by h = 0.01: 2.5e-4 measured, 5.4e-4 for PyTorch in float32.
      expect(losses.worst, losses.where).toBeLessThan(1e-3);
      // Measured 8e-5; the root in the pooling magnifies rounding where two channels hardly fire together.
      expect(gradients.worst, gradients.where).toBeLessThan(5e-4);
      // Adam's first steps have one size whatever the gradient: where it is near 0, rounding decides. Measured: 1.5e-3 at
      // most for one value, nothing beyond float32 storage for 95 of 100.
      expect(changes.most).toBeLessThan(1e-4);
      expect(changes.worst, changes.where).toBeLessThan(1e-2);
      // Measured 1.3e-5: the step's direction changes with the sign of gradients near 0.
      expect(buffers.worst, buffers.where).toBeLessThan(1e-4);
    },
  );

  test.each(engine === 'cpu' ? modes : modes.slice(2))(
    'three steps on the last layer alone, %s, end with PyTorch’s weights and running statistics',
    (mode) => {
      const first = readFixture('dbcnn-fc');
      const { losses, gradients, changes, buffers } = checkTraining(dbcnn, first, mode);
      expect(losses.worst, losses.where).toBeLessThan(1e-3);
      // One linear layer under SGD: float32 rounding and nothing else (measured 4e-7).
      expect(gradients.worst, gradients.where).toBeLessThan(5e-6);
      expect(changes.worst, changes.where).toBeLessThan(5e-6);
      expect(buffers.worst, buffers.where).toBeLessThan(1e-4);
    },
  );

  test('bilinear pooling counts channels of the first map outermost', () => {
    tf.tidy(() => {
      // One picture, two positions; a has channels (1, 2), (3, 4), b has (5, 0, 1), (1, 2, 0).
      const a = tf.tensor4d([1, 2, 3, 4], [1, 1, 2, 2]);
      const b = tf.tensor4d([5, 0, 1, 1, 2, 0], [1, 1, 2, 3]);
      // Means of products: a0 b0 = (1*5 + 3*1) / 2 = 4, a0 b1 = 3, a0 b2 = 0.5, a1 b0 = 7, a1 b1 = 4, a1 b2 = 1; sum 19.5.
      const roots = [4, 3, 0.5, 7, 4, 1].map((mean) => Math.sqrt(mean / 19.5));
      expectAllClose(bilinearPool(a, b), roots, { rtol: 1e-5, atol: 1e-6 });
    });
  });
});

describe('DBCNN’s training', () => {
  const trainer = defaultValues(trainerSpecsOf(dbcnn), dbcnn.recipe.trainer);

  test('begins with the last layer under SGD, then trains everything from its best epoch', () => {
    const plan = dbcnn.recipe.plan?.(trainer) ?? [];
    expect(
      plan.map(({ id, epochs, optimizer, learningRate, fromBest = false }) => ({
        id,
        epochs,
        optimizer,
        learningRate,
        fromBest,
      })),
    ).toEqual([
      { id: 'fc', epochs: 50, optimizer: 'sgd', learningRate: 1e-3, fromBest: false },
      { id: 'all', epochs: 50, optimizer: 'adam', learningRate: 1e-5, fromBest: true },
    ]);
    expect(plan[0]?.groups.map((group) => group.prefixes)).toEqual([['fc.']]);
  });

  test('without epochs for the last layer there is one stage', () => {
    expect(dbcnn.recipe.plan?.({ ...trainer, fcEpochs: 0 })).toHaveLength(1);
  });

  test('sees whole pictures as in Table S5, or crops as released', () => {
    const values = defaultValues(dbcnn.params);
    expect(dbcnn.views(values, trainer)).toEqual({ kind: 'whole', height: 500, width: 500 });
    expect(dbcnn.views(values, { ...trainer, trainingView: 'crop' })).toEqual({
      train: { kind: 'crop', height: 448, width: 448 },
      test: { kind: 'whole', height: null, width: null },
    });
  });
});
