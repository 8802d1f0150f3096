import type { Dataset, DatasetImage, Split } from '@shared/domain/dataset';
import { toLab } from '@shared/lab-scale';

/** A picture's rating on the lab scale of a split; null while data set or split are not known. */
export function labMos(
  image: DatasetImage,
  dataset: Dataset | undefined,
  split: Split | undefined,
): number | null {
  if (!dataset || !split) return null;
  return toLab(image.score, dataset.scoreKind, split.scoreMin, split.scoreMax);
}
