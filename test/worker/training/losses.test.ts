import { describe, expect, test } from 'vitest';
import { losses } from '../../../src/worker/training/losses';

const ofScores = [...losses.all.values()].filter((loss) => !loss.judgesHeads);

describe.each(ofScores)('loss $id', (loss) => {
  const prediction = Float32Array.of(3, -1, 0.25, 40);
  const target = Float32Array.of(1, -1.5, 0.75, 39.75);

  test('its gradient equals central differences', () => {
    const { gradient } = loss.evaluate(prediction, target);
    // Exact in binary, so that float32 inputs move by just this much; the losses are piecewise quadratic.
    const step = 2 ** -6;
    prediction.forEach((value, i) => {
      const at = (offset: number): number =>
        loss.evaluate(prediction.with(i, value + offset), target).value;
      expect(Math.abs((gradient[i] ?? 0) - (at(step) - at(-step)) / (2 * step))).toBeLessThan(1e-9);
    });
  });

  test('a perfect prediction costs nothing and has slope 0', () => {
    const { value, gradient } = loss.evaluate(target, target);
    expect(value).toBe(0);
    expect(gradient.every((slope) => slope === 0)).toBe(true);
  });

  test('NaN comes out as NaN, and unequal lengths are refused', () => {
    expect(loss.evaluate(Float32Array.of(Number.NaN), Float32Array.of(1)).value).toBeNaN();
    expect(() => loss.evaluate(prediction, Float32Array.of(1))).toThrow('as many targets');
    expect(() => loss.evaluate(Float32Array.of(), Float32Array.of())).toThrow('as many targets');
  });
});

describe('values', () => {
  const prediction = Float32Array.of(3, 0.5);
  const target = Float32Array.of(1, 0);

  test.each([
    // By hand for errors 2 and 0.5: means of 2 and 0.5; of 4 and 0.25; of 1.5 and 0.125.
    ['l1', 1.25],
    ['mse', 2.125],
    ['huber', 0.8125],
  ])('%s of errors 2 and 0.5 is %d', (id, expected) => {
    expect(losses.find(id).evaluate(prediction, target).value).toBe(expected);
  });

  test('a misspelled loss is answered with the right name', () => {
    expect(() => losses.find('hubre')).toThrow('there is no loss "hubre"');
  });
});
