import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { record } from '../../../src/worker/engine';
import { localContrastNormalise } from '../../../src/worker/nn';
import { eachEngine } from '../../helpers/engines';
import { centralDifferences, expectAllClose, expectNoLeak, uniforms } from '../../helpers/tensors';

/** The paper's value: one grey level. */
const C = 1 / 255;

/** Kang et al. (2014), Eq. 1, by its definition in double precision; windows are cut off at the border. */
function reference(x: Float32Array, height: number, width: number): Float64Array {
  const y = new Float64Array(height * width);
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      const window: number[] = [];
      for (let u = Math.max(0, r - 3); u <= Math.min(height - 1, r + 3); u++) {
        for (let v = Math.max(0, c - 3); v <= Math.min(width - 1, c + 3); v++) {
          window.push(x[u * width + v] ?? 0);
        }
      }
      const mean = window.reduce((a, b) => a + b, 0) / window.length;
      const variance = window.reduce((a, b) => a + (b - mean) ** 2, 0) / window.length;
      y[r * width + c] = ((x[r * width + c] ?? 0) - mean) / (Math.sqrt(variance) + C);
    }
  }
  return y;
}

eachEngine('local contrast normalisation', () => {
  test('equals its definition, also for several channels and at the border', () => {
    expectNoLeak(() => {
      tf.tidy(() => {
        const grey = uniforms<tf.Rank.R4>([1, 12, 9, 1], 3);
        const expected = reference(grey.dataSync<'float32'>(), 12, 9);
        // Values up to 4; float32 sums of 49 terms, divided by deviations of about 0.3.
        const tolerance = { rtol: 1e-5, atol: 1e-5 };
        expectAllClose(localContrastNormalise(grey, C), expected, tolerance);
        const other = uniforms<tf.Rank.R4>([1, 12, 9, 1], 4);
        const both = localContrastNormalise(tf.concat([other, grey], 3), C);
        const [, second] = tf.split(both, 2, 3) as [tf.Tensor, tf.Tensor];
        expectAllClose(second, expected, tolerance);
      });
    });
  });

  test('its gradient equals central differences', () => {
    tf.tidy(() => {
      const x = uniforms<tf.Rank.R4>([1, 8, 8, 1], 5);
      const weights = uniforms<tf.Rank.R4>([1, 8, 8, 1], 6);
      const score = (at: tf.Tensor): tf.Tensor =>
        tf.sum(tf.mul(localContrastNormalise(at as tf.Tensor4D, C), weights));
      const pass = record(() => score(x), [x]);
      const [gradient] = pass.pullback(tf.scalar(1), [x], { last: true });
      const positions = [0, 7, 20, 36, 63];
      const numeric = centralDifferences((at) => score(at).dataSync()[0] ?? 0, x, positions, 1e-2);
      const got = positions.map((p) => gradient?.dataSync()[p] ?? Number.NaN);
      // Differences are good to about step^2 (curvature near 10) plus 1e-6 / step of rounding.
      expectAllClose(got, numeric, { rtol: 5e-3, atol: 2e-3 });
      pass.dispose();
    });
  });

  test('a flat picture gives zero and a finite, stated gradient', () => {
    tf.tidy(() => {
      const x = tf.fill<tf.Rank.R4>([1, 16, 16, 1], 100 / 255);
      const pass = record(() => localContrastNormalise(x, C), [x]);
      const response = Math.max(...tf.abs(pass.output).dataSync());
      // (x - mean) is a rounding error of 3e-8, divided by 1.1 C.
      expect(response).toBeLessThan(2e-5);
      const one = new Float32Array(256);
      one[8 * 16 + 8] = 1;
      const dy = tf.tensor4d(one, [1, 16, 16, 1]);
      const [gradient] = pass.pullback(dy, [x], { last: true });
      const centre = gradient?.dataSync()[8 * 16 + 8] ?? Number.NaN;
      // (1 - 1/49) / (1.1 C), rtol 1e-3 for float32 rounding of the window mean.
      expectAllClose([centre], [(48 / 49) * (255 / 1.1)], { rtol: 1e-3, atol: 0 });
      pass.dispose();
    });
  });
});
