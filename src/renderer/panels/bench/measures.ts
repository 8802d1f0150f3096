import type { AttackRow } from '@shared/domain/results';
import { perceptualMeasures } from '@shared/weights/measures';
import { fixed } from '../../components/format';

export interface MeasureLine {
  readonly name: string;
  /** One per row, as text. */
  readonly values: readonly string[];
  /** Why there is no value; null where there are. */
  readonly reason: string | null;
}

/**
 * What a picture and its attacked copy are measured by, whichever measures the rows carry, and a
 * reason in place of those that are not there.
 * @param absent why a distance that needs weight files has no value
 */
export function measures(rows: readonly (AttackRow | null)[], absent: string): MeasureLine[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row?.ssim ?? {})))];
  const psnr = rows.map((row) => (row?.psnr ? `${fixed(row.psnr, 1)} dB` : '–'));
  return [
    ...names.map((name) => ({
      name: name.replace(/^ssim-(.*)$/, 'SSIM ($1)'),
      values: rows.map((row) => fixed(row?.ssim[name], 4)),
      reason: null,
    })),
    { name: 'PSNR', values: psnr, reason: null },
    ...perceptualMeasures.map(({ id, title }) => {
      const values = rows.map((row) => row?.perceptual?.[id]);
      const any = values.some((value) => value !== undefined);
      return {
        name: title,
        values: values.map((value) => fixed(value, 4)),
        reason: any ? null : absent,
      };
    }),
  ];
}
