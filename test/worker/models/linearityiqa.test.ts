import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { defaultValues } from '@shared/params';
import linearityiqa from '../../../src/worker/models/linearityiqa';
import { layouts } from '../../../src/worker/weights';
import { loadEngine } from '../../../src/worker/engine';
import type { ForwardContext } from '../../../src/worker/models';
import { eachEngine, hasEngine } from '../../helpers/engines';
import { testEvaluation, testTraining } from '../../helpers/against-torch';
import { readFixture } from '../../helpers/exactness-fixture';
import { expectAllClose, expectNoLeak, uniforms } from '../../helpers/tensors';

/** Twenty million values are drawn twice: seconds, or minutes beside other work. */
const FULL_SIZE = 240_000;
const full = readFixture('linearityiqa-full');
const evaluation: ForwardContext = { training: false, seed: 0, step: 0, batchNorm: 'running' };
const small = { ...defaultValues(linearityiqa.params), ...linearityiqa.miniature };

describe('LinearityIQA’s weights', () => {
  // Totals of the specification, section 4.2, counted with the released code.
  test.each([
    ['resnet18', 12_528_323],
    ['resnet34', 22_636_483],
    ['resnet50', 27_219_139],
  ])(
    'with %s have the released names and shapes and %i trainable values',
    { timeout: FULL_SIZE },
    async (backbone, count) => {
      await loadEngine(hasEngine('cpu') ? 'cpu' : 'wasm');
      const model = linearityiqa.build({ ...defaultValues(linearityiqa.params), backbone }, 1);
      const state = new Map([...model.stateDict()].map(([name, { shape }]) => [name, shape]));
      const variant = layouts.find('linearityiqa').variants.find(({ id }) => id === backbone);
      expect(state).toEqual(
        new Map([...(variant?.tensors ?? [])].map(([name, { shape }]) => [name, shape])),
      );
      if (backbone === 'resnet34') {
        // Beside the 264 released entries, slopes and offsets of the three lines.
        expect(state.size).toBe(266);
        expect(Object.fromEntries([...state].filter(([name]) => !/^[kb]$/.test(name)))).toEqual(
          full.state,
        );
      }
      const counts = [...model.parameters().values()].map((variable) => variable.size);
      expect(counts.reduce((a, b) => a + b, 0)).toBe(count);
      model.dispose();
    },
  );
});

eachEngine('LinearityIQA’s lines', () => {
  test('map the fused score, survive storage, and are absent from files without them', () => {
    expectNoLeak(() => {
      const [model, other] = [linearityiqa.build(small, 1), linearityiqa.build(small, 2)];
      const released = new Map([...model.stateDict()].filter(([name]) => !/^[kb]$/.test(name)));
      tf.tidy(() => {
        const x = uniforms<tf.Rank.R4>([2, 64, 64, 3]);
        const raw = model.heads?.(x, evaluation).arraySync() ?? [];
        const fused = raw.map(([first = Number.NaN]) => first);
        expect(model.mapping?.get()).toEqual([]);
        expectAllClose(model.forward(x, evaluation), fused, { rtol: 0, atol: 0 });
        const lines = [
          { scale: 12.5, offset: 40 },
          { scale: 2, offset: 0 },
          { scale: 3, offset: 1 },
        ];
        model.mapping?.set(lines);
        other.loadStateDict(model.stateDict());
        expect(other.mapping?.get()).toEqual(lines);
        // One product and one sum in float32.
        expectAllClose(
          other.forward(x, evaluation),
          fused.map((score) => 12.5 * score + 40),
          { rtol: 1e-6, atol: 0 },
        );
        expectAllClose(other.heads?.(x, evaluation) ?? [], raw.flat(), { rtol: 0, atol: 0 });
        other.loadStateDict(released);
        expect(other.mapping?.get()).toEqual([]);
      });
      model.dispose();
      other.dispose();
    });
  });
});

/**
 * PyTorch 2.13 in float64 on the same drawn weights (test/fixtures/torch/linearityiqa.py): scores with the published
 * network, and training with a trunk of an eighth of the channels.
 */
eachEngine('LinearityIQA against PyTorch', (engine) => {
  testEvaluation('score and input gradient of the published network', linearityiqa, {
    fixture: 'linearityiqa-full',
    timeout: FULL_SIZE,
  });
  testTraining('three steps of its own recipe', linearityiqa, {
    fixture: 'linearityiqa',
    // On the slow engine the plain training stands for all.
    ...(engine === 'cpu' ? {} : { modes: ['baseline'] }),
  });
});
