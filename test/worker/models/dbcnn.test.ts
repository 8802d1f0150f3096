import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { defaultValues } from '@shared/params';
import dbcnn, { bilinearPool } from '../../../src/worker/models/dbcnn';
import { layouts } from '../../../src/worker/weights';
import { trainerSpecsOf } from '../../../src/worker/trainer-specs';
import { eachEngine } from '../../helpers/engines';
import { expectAllClose } from '../../helpers/tensors';

eachEngine('DBCNN', () => {
  // Totals of the specification, section 3.5, counted with the released code.
  test('has the released names and 15,311,345 parameters', () => {
    const model = dbcnn.build(defaultValues(dbcnn.params), 1);
    const state = [...model.stateDict()].map(([name, { shape }]) => [name, shape] as const);
    expect(state).toHaveLength(91);
    const published = layouts.find('dbcnn').variants[0]?.tensors ?? [];
    expect(new Map(state)).toEqual(
      new Map([...published].map(([name, { shape }]) => [name, shape])),
    );
    const counts = [...model.parameters().values()].map((variable) => variable.size);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(15_311_345);
    model.dispose();
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
