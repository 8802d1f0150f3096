import type { AttackRow, Fidelity } from '@shared/domain/results';
import { fromBytes } from '../../data/pixels';
import { distances, psnrFromMeanSquare } from '../../fidelity/distance';
import type { Picture } from '../../fidelity/picture';
import { ssimOf, type SsimVariant } from '../../fidelity/ssim';
import type { AttackedPieces } from './attack-pieces';
import { meanScore } from './mean-score';
import type { Pieces } from './pieces';

type Measured = Omit<AttackRow, 'imageId' | 'durationMs' | 'artifact' | 'perceptual' | 'saved'> & {
  readonly saved: Omit<Fidelity, 'perceptual'>;
};

/** Variants stored with every attacked picture; the report chooses which one it gates on. */
const variants: readonly SsimVariant[] = ['ssim-full', 'ssim-piq'];

/**
 * What the attack did to one picture, over all of its pieces (its views, or the picture itself).
 *
 * Scores, SSIM and L2 are means over the pieces; L-infinity is the largest of any; PSNR is that of
 * the mean square over all pixels. All are given for the float picture and, as `saved`, for the one
 * rounded to 8 bit, which can leave the ball by up to half a grey level.
 */
export function measure(groups: readonly Pieces[], attacked: readonly AttackedPieces[]): Measured {
  const float = new Likeness();
  const saved = new Likeness();
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
      float.add(clean, at(result.adversarial));
      saved.add(clean, at(savedValues));
    }
    values += result.adversarial.length;
    for (const value of result.adversarial) if (value === 0 || value === 1) onBound++;
  });
  const over = (key: (part: AttackedPieces) => ArrayLike<number>): number =>
    meanScore(attacked.flatMap((part) => Array.from(key(part))));
  const count = groups.reduce((sum, pieces) => sum + pieces.count, 0);
  const clean = over((part) => part.clean);
  const attackedFloat = over((part) => part.scoreFloat);
  return {
    clean,
    attackedFloat,
    attackedEightBit: over((part) => part.scoreEightBit),
    linfFloat: float.linf,
    linfEightBit: saved.linf,
    ...float.means(),
    saved: saved.means(),
    direction: directionOf(attacked, attackedFloat - clean),
    steps: Math.max(...attacked.map((part) => part.steps)),
    queries: attacked.reduce((sum, part) => sum + part.asked.queries, 0) / count,
    gradients: attacked.reduce((sum, part) => sum + part.asked.gradients, 0) / count,
    zeroGradientShare: over((part) => part.zeroGradientShare),
    clampedShare: onBound / values,
  };
}

/** Collects how far pieces are from their originals. */
class Likeness {
  linf = 0;
  #count = 0;
  #l2 = 0;
  #meanSquare = 0;
  readonly #ssim = new Map<SsimVariant, number>();

  add(clean: Picture, moved: Picture): void {
    const { linf, l2, meanSquare } = distances(clean, moved);
    this.linf = Math.max(this.linf, linf);
    this.#l2 += l2;
    this.#meanSquare += meanSquare;
    for (const [variant, value] of ssimOf(clean, moved, variants)) {
      this.#ssim.set(variant, (this.#ssim.get(variant) ?? 0) + value);
    }
    this.#count += 1;
  }

  means(): Omit<Fidelity, 'perceptual'> {
    const count = this.#count;
    return {
      l2: this.#l2 / count,
      ssim: Object.fromEntries([...this.#ssim].map(([variant, sum]) => [variant, sum / count])),
      psnr: psnrFromMeanSquare(this.#meanSquare / count),
    };
  }
}

/** An attack that chose no direction (a flat loss) is described by what it did. */
function directionOf(attacked: readonly AttackedPieces[], change: number): AttackRow['direction'] {
  const signs = new Set(attacked.flatMap((part) => Array.from(part.direction)));
  if (signs.has(1) && signs.has(-1)) return 'mixed';
  if (signs.has(1)) return 'up';
  if (signs.has(-1)) return 'down';
  return change < 0 ? 'down' : 'up';
}
