import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { defaultValues } from '@shared/params';
import dbcnn, { bilinearPool } from '../../../src/worker/models/dbcnn';
import { trainerSpecsOf } from '../../../src/worker/trainer-specs';
import { eachEngine } from '../../helpers/engines';
import { testEvaluation, testTraining } from '../../helpers/against-torch';
import { expectAllClose } from '../../helpers/tensors';

eachEngine('DBCNN', (engine) => {
  // test/fixtures/torch/dbcnn.py: a quarter of the width, torch 2.13 in float64.
  testEvaluation('scores and their input gradient are PyTorch’s', dbcnn, {
    fixture: 'dbcnn',
    // Measured: scores 6e-7 on cpu, 3e-6 on wasm, 6e-7 for PyTorch in float32; gradients 2e-5 at most.
    scores: 1e-5,
    inputGradient: 1e-4,
  });
  testTraining('three steps on all layers', dbcnn, {
    fixture: 'dbcnn',
    ...(engine === 'cpu' ? {} : { modes: ['described'] }),
  });
  testTraining('three steps on the last layer alone', dbcnn, {
    fixture: 'dbcnn-fc',
    ...(engine === 'cpu' ? {} : { modes: ['described'] }),
  });

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
