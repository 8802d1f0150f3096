import type { Split } from '../domain/dataset';

/**
 * The repeats of a split: every split of the list that was made from the same specification with another seed, and the
 * split itself, by seed.
 */
export function repeatsOf(splits: readonly Split[], split: Split): Split[] {
  const made = ({ datasetId, spec }: Split): string =>
    JSON.stringify([datasetId, { ...spec, seed: 0 }]);
  const own = made(split);
  return splits
    .filter((each) => made(each) === own)
    .sort((a, b) => a.spec.seed - b.spec.seed || a.id - b.id);
}
