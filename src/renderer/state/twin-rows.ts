import type { DatasetImage } from '@shared/domain/dataset';

/** One picture as both twins were measured on it; null where a twin has no row yet. */
export interface TwinRow<Row> {
  readonly image: DatasetImage;
  readonly baseline: Row | null;
  readonly nt: Row | null;
}

/** Joins the rows of both twins by picture, in the order of the data set. */
export function twinRows<Row extends { readonly imageId: number }>(
  images: readonly DatasetImage[],
  baseline: readonly Row[],
  nt: readonly Row[],
): readonly TwinRow<Row>[] {
  const base = new Map(baseline.map((row) => [row.imageId, row]));
  const twin = new Map(nt.map((row) => [row.imageId, row]));
  return images.flatMap((image) => {
    const row = { image, baseline: base.get(image.id) ?? null, nt: twin.get(image.id) ?? null };
    return row.baseline || row.nt ? [row] : [];
  });
}

/** Arithmetic mean of what `value` finds; null without any. */
export function meanOf<Row>(
  rows: readonly Row[],
  value: (row: Row) => number | null,
): number | null {
  const found = rows.flatMap((row) => value(row) ?? []);
  return found.length === 0 ? null : found.reduce((sum, one) => sum + one, 0) / found.length;
}
