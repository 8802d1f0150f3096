import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { LabError } from '@shared/errors';
import { defaultValues } from '@shared/params';
import { loadEngine } from '../../../src/worker/engine';
import maniqa from '../../../src/worker/models/maniqa';
import type { ForwardContext } from '../../../src/worker/models';
import { trainerSpecsOf } from '../../../src/worker/trainer-specs';
import { scramble } from '../../../src/worker/models/trunks/tab';
import { eachEngine, hasEngine } from '../../helpers/engines';
import { testEvaluation, testTraining } from '../../helpers/against-torch';
import { expectAllClose, uniforms } from '../../helpers/tensors';

const training: ForwardContext = { training: true, seed: 1, step: 0, batchNorm: 'batch' };
const small = { pictureSize: 64, channels: 16, heads: 2 };
const build = (values: Record<string, number> = {}) =>
  maniqa.build({ ...defaultValues(maniqa.params), ...small, ...values }, 1);

/** Index tables and masks have values of their own. */
const keep = (name: string): boolean => /relative_position_index$|attn_mask$/.test(name);

eachEngine('MANIQA', (engine) => {
  // test/fixtures/torch/maniqa.py: a small MANIQA with the recipe's dropout and cosine, torch 2.13 in float64.
  testEvaluation('scores and their input gradient are PyTorch’s', maniqa, {
    fixture: 'maniqa',
    keep,
    // Measured 4e-7 for both, as for PyTorch in float32.
    scores: 5e-6,
    inputGradient: 5e-6,
  });
  testTraining('three steps with dropout, drop-path and cosine', maniqa, {
    fixture: 'maniqa',
    keep,
    // Measured 2e-6, as for PyTorch in float32, and 3e-4 for one bias whose gradient is a small difference of large
    // terms; float32 storage accounts for the weights.
    bounds: {
      losses: 2e-5,
      gradients: { most: 2e-5, half: 1e-3, worst: 1e-3 },
      changes: { most: 1e-5, half: 1e-5 },
    },
    ...(engine === 'cpu' ? {} : { modes: ['described'] }),
  });

  // Golden figure of the specification, section 8.
  test('the attention over channels hands its result on in the released, scrambled order', () => {
    tf.tidy(() => {
      const y = tf.tensor3d([0, 1, 2, 3, 4, 5], [1, 2, 3]);
      expectAllClose(scramble(y), tf.tensor3d([0, 3, 1, 4, 2, 5], [1, 2, 3]), {
        rtol: 0,
        atol: 0,
      });
    });
  });

  test('all passes of a step leave out the same values, another step leaves out others', () => {
    const model = build({ dropout: 0.5, dropPath: 0.5 });
    tf.tidy(() => {
      const x = uniforms<tf.Rank.R4>([3, 64, 64, 3], 7);
      const at = (context: Partial<ForwardContext>): number[] => [
        ...model.forward(x, { ...training, ...context }).dataSync(),
      ];
      const first = at({});
      expect(at({ batchNorm: 'batch-frozen' })).toEqual(first);
      expect(at({ step: 1 })).not.toEqual(first);
      expect(at({ training: false })).not.toEqual(first);
    });
    model.dispose();
  });

  test('without dropout, training and scoring agree', () => {
    const model = build({ dropout: 0, dropPath: 0 });
    tf.tidy(() => {
      const x = uniforms<tf.Rank.R4>([2, 64, 64, 3], 7);
      const scored = model.forward(x, { ...training, training: false });
      expect([...model.forward(x, training).dataSync()]).toEqual([...scored.dataSync()]);
    });
    model.dispose();
  });

  // Specification, section 5.6: these never receive a gradient in the released code either.
  test('names the parts of the published file that no score depends on', () => {
    const model = build();
    expect(model.idle).toEqual([
      'vit.blocks.10.',
      'vit.blocks.11.',
      'vit.norm.',
      'vit.head.',
      'swintransformer1.downsample.',
      'swintransformer2.downsample.',
    ]);
    model.dispose();
  });
});

/** Set to run what takes minutes and gigabytes. */
const slow = process.env['IQALAB_SLOW_TESTS'] === '1' && hasEngine('cpu');

describe.skipIf(!slow)('MANIQA at the published size, on cpu (IQALAB_SLOW_TESTS=1)', () => {
  beforeAll(async () => {
    await loadEngine('cpu');
  });

  testEvaluation('the score and its input gradient are PyTorch’s', maniqa, {
    fixture: 'maniqa-full',
    keep,
    timeout: 600_000,
  });
});

describe('MANIQA’s settings', () => {
  test('views are crops of the chosen size, or the whole picture shrunk as released for KonIQ-10k', () => {
    const values = defaultValues(maniqa.params);
    const trainer = defaultValues(trainerSpecsOf(maniqa), maniqa.recipe.trainer);
    const view = { kind: 'crop', height: 224, width: 224 };
    expect(maniqa.views(values, trainer)).toEqual({ ...view, resized: [] });
    expect(maniqa.views(values, { ...trainer, shrink: 'koniq' })).toEqual({
      ...view,
      resized: [{ height: 224, width: 224, filter: 'cubic' }],
    });
  });

  test.each([
    [{ pictureSize: 72 }, 'view size must be a multiple of 4 times the patch size (32), got 72'],
    [{ channels: 20 }, 'channels must be a multiple of 8 (8), got 20'],
    [{ heads: 3 }, 'channels must be a multiple of the number of heads (3), got 16'],
  ])('sizes that do not divide are refused: %o', (values, message) => {
    expect(() => build(values)).toThrow(LabError);
    expect(() => build(values)).toThrow(message);
  });
});
