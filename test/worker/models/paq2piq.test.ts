import { describe, expect, test } from 'vitest';
import { defaultValues } from '@shared/params';
import { loadEngine } from '../../../src/worker/engine';
import paq2piq from '../../../src/worker/models/paq2piq';
import { layouts } from '../../../src/worker/weights';
import { eachEngine, hasEngine } from '../../helpers/engines';
import { checkEvaluation } from '../../helpers/exactness';
import { readFixture } from '../../helpers/exactness-fixture';

describe('PaQ-2-PiQ’s weights', () => {
  test('have the released names and shapes', { timeout: 120_000 }, async () => {
    await loadEngine(hasEngine('cpu') ? 'cpu' : 'wasm');
    const model = paq2piq.build(defaultValues(paq2piq.params), 1);
    const state = new Map([...model.stateDict()].map(([name, { shape }]) => [name, shape]));
    const tensors = layouts.find('paq2piq').variants[0]?.tensors ?? new Map<string, never>();
    expect(state).toEqual(new Map([...tensors].map(([name, { shape }]) => [name, shape])));
    // Read off the released class: 120 tensors of ResNet-18 without its classifier, 14 of the head.
    expect(state.size).toBe(134);
    model.dispose();
  });
});

eachEngine('PaQ-2-PiQ, narrow, against PyTorch', () => {
  for (const name of ['paq2piq', 'paq2piq-box']) {
    test(`scores and input gradients are those of ${name}.json`, () => {
      const { scores, inputGradient } = checkEvaluation(paq2piq, readFixture(name));
      // float32 through 20 layers against float64: PyTorch's own float32 is off by 3e-7 and 1e-6; other engines sum in
      // another order.
      expect(scores.worst, scores.where).toBeLessThan(1e-4);
      expect(inputGradient.most, inputGradient.where).toBeLessThan(1e-3);
    });
  }
});
