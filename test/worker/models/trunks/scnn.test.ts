import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { Scnn } from '../../../../src/worker/models/trunks/scnn';
import { readWeights } from '../../../../src/worker/weights';
import { eachEngine } from '../../../helpers/engines';
import { realData } from '../../../helpers/real-data';
import { expectAllClose, expectNoLeak } from '../../../helpers/tensors';

const file = realData('weights', 'scnn.pkl');

/** x[c, i, j] = sin(0.1 (i + 1) (c + 1) + 0.05 (j + 1)), as `[1, size, size, 3]`. */
function wave(size: number): tf.Tensor4D {
  const values = Float32Array.from({ length: size * size * 3 }, (_, at) => {
    const [i, j, c] = [Math.floor(at / (3 * size)), Math.floor(at / 3) % size, at % 3];
    return Math.sin(0.1 * (i + 1) * (c + 1) + 0.05 * (j + 1));
  });
  return tf.tensor4d(values, [1, size, size, 3]);
}

/** Golden figures are given to six digits. */
const DIGITS = { rtol: 2e-5, atol: 2e-6 };

/** Expected values: section 8 of the specification, the released network with its weights in torch 2.13. */
eachEngine('S-CNN', () => {
  let state: Awaited<ReturnType<typeof readWeights>>['tensors'];

  beforeAll(async () => {
    if (!file.missing) state = (await readWeights(file.path)).tensors;
  });

  function loaded(): Scnn {
    const scnn = new Scnn(1);
    scnn.loadStateDict(state);
    return scnn;
  }

  test.skipIf(file.missing).each([
    [32, 2, 59.943893, 1.088432, 256, [0, 0.213087, 0.048012, 0, 0.026531, 0.073425]],
    [50, 4, 117.695869, 0.739708, 817, [0, 0.207266, 0.051086, 0, 0.018412, 0.116736]],
  ])(
    'the published features of a wave of %s pixels are the golden ones',
    (size, side, sum, largest, positive, first) => {
      expectNoLeak(() => {
        const scnn = loaded();
        tf.tidy(() => {
          const features = scnn.features.forward(wave(size), 'running');
          expect(features.shape).toEqual([1, side, side, 128]);
          const values = features.dataSync<'float32'>();
          expectAllClose([values.reduce((a, b) => a + b, 0)], [sum], DIGITS);
          expectAllClose([Math.max(...values)], [largest], DIGITS);
          expect(values.filter((value) => value > 0)).toHaveLength(positive);
          expectAllClose(values.slice(0, 6), first, DIGITS);
        });
        scnn.dispose();
      });
    },
  );

  test.skipIf(file.missing)('the whole network sorts the wave into the golden class', () => {
    const scnn = loaded();
    tf.tidy(() => {
      const x = wave(224);
      const features = scnn.features.forward(x, 'running');
      expectAllClose(tf.sum(features).dataSync(), [1487.2823], DIGITS);
      const logits = scnn.forward(x, 'running').dataSync<'float32'>();
      expectAllClose(logits.slice(0, 4), [-3.23767, 2.9484, 5.3759, 5.73087], DIGITS);
      expect(logits.indexOf(Math.max(...logits))).toBe(28);
    });
    scnn.dispose();
  });
});
