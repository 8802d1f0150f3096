import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { defaultValues } from '@shared/params';
import linearityiqa from '../../../src/worker/models/linearityiqa';
import { layouts } from '../../../src/worker/weights';
import { loadEngine } from '../../../src/worker/engine';
import type { ForwardContext } from '../../../src/worker/models';
import { eachEngine, hasEngine } from '../../helpers/engines';
import { checkEvaluation, checkTraining, readFixture } from '../../helpers/exactness';
import { expectAllClose, expectNoLeak, uniforms } from '../../helpers/tensors';

const narrow = readFixture('linearityiqa');
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

/*
 * Against PyTorch 2.13 in float64 on the same drawn weights. Float32 sums in other orders reach 1e-6 of a score; a ReLU
 * whose input is within rounding of 0 may switch the other way, which changes a gradient by a step, the more so behind
 * batch normalisation over six pictures. PyTorch in float32 does the same: the fixture tells by how much, and the
 * tolerances are a small multiple of that or the aim of 1e-3, whichever is larger.
 */
const bound = (own: number | undefined): number => Math.max(1e-3, 5 * (own ?? 0));

eachEngine('LinearityIQA against PyTorch', (engine) => {
  test('score and input gradient of the published size', { timeout: FULL_SIZE }, () => {
    const { scores, inputGradient } = checkEvaluation(linearityiqa, full);
    expect(scores.worst, scores.where).toBeLessThan(1e-4);
    expect(inputGradient.most, inputGradient.where).toBeLessThan(
      bound(full.float32.inputGradient[0]),
    );
  });

  // On the slow engine the plain training stands for all.
  const modes =
    engine === 'cpu'
      ? (['baseline', 'running', 'released', 'shared'] as const)
      : (['baseline'] as const);
  test.each(modes)('three %s steps of its own recipe, with a narrow trunk', (mode) => {
    const report = checkTraining(linearityiqa, narrow, mode);
    const own = narrow.float32[mode === 'shared' ? 'released' : mode];
    expect(report.losses.worst, report.losses.where).toBeLessThan(bound(own?.losses));
    for (const kind of ['gradients', 'changes', 'buffers'] as const) {
      expect(report[kind].most, `${kind}, ${report[kind].where}`).toBeLessThan(
        bound(own?.[kind][0]),
      );
    }
  });
});
