import { fromBytes } from '../../data/pixels';
import type { AttackedPieces } from '../../attacks/harness/attack-pieces';
import type { Target } from '../../attacks/harness/pieces';
import type { AttackRunSettings } from '../../attacks/harness/settings';
import type { View } from '../../data/views';

/**
 * The attacked picture before rounding: the picture itself, or its attacked views laid back where
 * they were cut. Of overlapping views the last one shows, as in the picture that a batch saves.
 *
 * @returns `[height, width, 3]` float32 in [0, 1]
 */
export function layBackFloat(
  { picture, views }: Target,
  unit: AttackRunSettings['unit'],
  attacked: readonly Pick<AttackedPieces, 'adversarial'>[],
): Float32Array {
  const [only] = attacked;
  // A copy of its own: what the engine handed out may be a window into something larger.
  if (unit === 'image' && only) return Float32Array.from(only.adversarial);
  const data = fromBytes(picture.data);
  let next = 0;
  for (const { adversarial } of attacked) {
    for (let from = 0; from < adversarial.length; next++) {
      const view = views[next] as View;
      for (let y = 0; y < view.height; y++, from += view.width * 3) {
        const to = ((view.top + y) * picture.width + view.left) * 3;
        data.set(adversarial.subarray(from, from + view.width * 3), to);
      }
    }
  }
  return data;
}
