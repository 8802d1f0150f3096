import type { StudyAttack } from '../domain/study';
import type { Measured } from '../stats/measured';
import { undefinedBecause } from '../stats/measured';

/**
 * The likeness below which an attack is no longer one on the same picture: the paper sets its attacks
 * so that most images stay above SSIM 0.9. It does not say which SSIM; piq's is what the authors'
 * later code uses.
 */
export const ssimGate = { variant: 'ssim-piq', above: 0.9 } as const;

/** Share of attacked images, 0 to 1, whose SSIM with the original is above 0.9. */
export function ssimShare({ rows }: Pick<StudyAttack, 'rows'>): Measured {
  const values = rows.flatMap(({ ssim }) => ssim[ssimGate.variant] ?? []);
  if (values.length === 0) return undefinedBecause(`no image has ${ssimGate.variant}`);
  return { value: values.filter((value) => value > ssimGate.above).length / values.length };
}

/** Whether two shares are too far apart for their attacks to count as equally strong. */
export function sharesApart(x: number, y: number): boolean {
  return Math.abs(x - y) > 0.1;
}
