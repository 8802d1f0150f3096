import type { AttackRow } from '@shared/domain/results';
import { fromBytes } from '../../data/pixels';
import { distances, psnrFromMeanSquare } from '../../fidelity/distance';
import type { Picture } from '../../fidelity/picture';
import { ssimOf, type SsimVariant } from '../../fidelity/ssim';
import type { AttackedPieces } from './attack-pieces';
import { meanScore } from './mean-score';
import type { Pieces } from './pieces';

type Measured = Omit<AttackRow, 'imageId' | 'durationMs' | 'artifact'>;

/** Variants stored with every attacked picture; the report chooses which one it gates on. */
const variants: readonly SsimVariant[] = ['ssim-full', 'ssim-piq'];

/**
 * What the attack did to one picture, over all of its pieces (its views, or the picture itself).
 *
 * Scores, SSIM and L2 are means over the pieces; L-infinity is the largest of any; PSNR is that of
 * the mean square over all pixels. Fidelity is that of the float picture; L-infinity is given for
 * the 8-bit one too, since rounding can leave the ball by up to half a grey level.
 */
export function measure(groups: readonly Pieces[], attacked: readonly AttackedPieces[]): Measured {
  const means = new Map<SsimVariant, number>();
  let count = 0;
  let linfFloat = 0;
  let linfEightBit = 0;
  let l2 = 0;
  let meanSquare = 0;
  let onBound = 0;
  let values = 0;
  groups.forEach((pieces, g) => {
    const result = attacked[g] as AttackedPieces;
    const savedValues = fromBytes(result.eightBit);
    const size = pieces.height * pieces.width * 3;
    for (let i = 0; i < pieces.count; i++) {
      const at = (data: Float32Array): Picture => ({
        height: pieces.height,
        width: pieces.width,
        data: data.subarray(i * size, (i + 1) * size),
      });
      const clean = at(pieces.data);
      const moved = at(result.adversarial);
      const d = distances(clean, moved);
      linfFloat = Math.max(linfFloat, d.linf);
      linfEightBit = Math.max(linfEightBit, distances(clean, at(savedValues)).linf);
      l2 += d.l2;
      meanSquare += d.meanSquare;
      for (const [variant, value] of ssimOf(clean, moved, variants)) {
        means.set(variant, (means.get(variant) ?? 0) + value);
      }
    }
    count += pieces.count;
    values += result.adversarial.length;
    for (const value of result.adversarial) if (value === 0 || value === 1) onBound++;
  });
  const over = (key: (part: AttackedPieces) => ArrayLike<number>): number =>
    meanScore(attacked.flatMap((part) => Array.from(key(part))));
  const clean = over((part) => part.clean);
  const attackedFloat = over((part) => part.scoreFloat);
  return {
    clean,
    attackedFloat,
    attackedEightBit: over((part) => part.scoreEightBit),
    linfFloat,
    linfEightBit,
    l2: l2 / count,
    ssim: Object.fromEntries([...means].map(([variant, sum]) => [variant, sum / count])),
    psnr: psnrFromMeanSquare(meanSquare / count),
    direction: directionOf(attacked, attackedFloat - clean),
    steps: Math.max(...attacked.map((part) => part.steps)),
    zeroGradientShare: over((part) => part.zeroGradientShare),
    clampedShare: onBound / values,
  };
}

/** An attack that chose no direction (a flat loss) is described by what it did. */
function directionOf(attacked: readonly AttackedPieces[], change: number): AttackRow['direction'] {
  const signs = new Set(attacked.flatMap((part) => Array.from(part.direction)));
  if (signs.has(1) && signs.has(-1)) return 'mixed';
  if (signs.has(1)) return 'up';
  if (signs.has(-1)) return 'down';
  return change < 0 ? 'down' : 'up';
}
