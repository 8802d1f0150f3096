import * as tf from '@tensorflow/tfjs-core';
import { fromBytes } from '../../data/pixels';
import type { Comparison } from '../../fidelity/comparison';
import type { AttackedPieces } from './attack-pieces';
import type { Pieces } from './pieces';

/** Pixels compared in one go: a deep trunk makes about a hundred numbers of each. */
const pixelsAtOnce = 2 ** 18;

type Distances = Record<string, number>;

/**
 * Distances of the attacked pieces from their originals, by the id of the comparison: means over the
 * pieces, of the float picture and of the one saved in 8 bit. A comparison for which some piece is too
 * small is left out.
 */
export async function perceptualDistances(
  comparisons: readonly Comparison[],
  groups: readonly Pieces[],
  attacked: readonly AttackedPieces[],
  checkpoint: () => Promise<void>,
): Promise<{ float: Distances; saved: Distances }> {
  const result: { float: Distances; saved: Distances } = { float: {}, saved: {} };
  const smallest = Math.min(...groups.map(({ height, width }) => Math.min(height, width)));
  for (const comparison of comparisons) {
    if (smallest < comparison.smallest) continue;
    let [count, float, saved] = [0, 0, 0];
    for (const [g, pieces] of groups.entries()) {
      const { adversarial, eightBit } = attacked[g] as AttackedPieces;
      const size = pieces.height * pieces.width;
      const each = Math.max(1, Math.floor(pixelsAtOnce / size));
      const savedValues = fromBytes(eightBit);
      for (let first = 0; first < pieces.count; first += each) {
        await checkpoint();
        const many = Math.min(each, pieces.count - first);
        const cut = (data: Float32Array): tf.Tensor4D =>
          tf.tensor4d(data.subarray(first * size * 3, (first + many) * size * 3), [
            many,
            pieces.height,
            pieces.width,
            3,
          ]);
        const sums = tf.tidy(() => {
          const originals = comparison.features(cut(pieces.data));
          const sumOf = (data: Float32Array): tf.Tensor =>
            tf.sum(comparison.distance(originals, comparison.features(cut(data))));
          return tf.stack([sumOf(adversarial), sumOf(savedValues)]);
        });
        const [ofFloat = NaN, ofSaved = NaN] = await sums.data();
        sums.dispose();
        float += ofFloat;
        saved += ofSaved;
      }
      count += pieces.count;
    }
    result.float[comparison.id] = float / count;
    result.saved[comparison.id] = saved / count;
  }
  return result;
}
