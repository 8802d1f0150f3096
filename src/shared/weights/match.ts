import type { StoredWeights, WeightEntry, WeightFacts } from '../domain/weights';
import { weightCatalogue } from './catalogue';

export interface WeightMatch {
  readonly entryId: string | null;
  /** True where the checksum says that it is the published file. */
  readonly published: boolean;
}

/** Kinds of files that people make themselves: one is the published one only if its name or checksum says so. */
const madeByAnybody: readonly string[] = ['model', 'pattern', 'substitute', 'generator'];

/**
 * The catalogue's entry a file is taken for. Its checksum decides where it is known; else its tensors
 * must be those of the entry. A trunk is taken for the only entry that has them; a whole model, of
 * which anybody trains their own, only under its published name.
 */
export function matchWeights(
  facts: Pick<WeightFacts, 'kind' | 'id'>,
  fileName: string,
  sha256: string,
  entries: readonly WeightEntry[] = weightCatalogue,
): WeightMatch {
  const published = entries.find((entry) => entry.sha256.some((start) => sha256.startsWith(start)));
  if (published) return { entryId: published.id, published: true };
  const same = entries.filter(
    ({ recognisedAs }) => recognisedAs.kind === facts.kind && recognisedAs.id === facts.id,
  );
  const named = same.find((entry) => entry.fileNames.includes(fileName));
  const only = same.length === 1 && !madeByAnybody.includes(facts.kind) ? same[0] : undefined;
  return { entryId: (named ?? only)?.id ?? null, published: false };
}

/** How sure the lab is that a stored file is what its authors published, in one sentence. */
export function identityText(weights: StoredWeights, entry: WeightEntry | undefined): string {
  if (weights.published) return 'The published file: its checksum matches.';
  if (entry === undefined)
    return 'Recognised by its tensors; not known as one of the published files.';
  if (entry.sha256.length === 0) {
    return 'Recognised by its tensors; the authors publish no checksum to compare with.';
  }
  return 'Recognised by its tensors; its checksum is not that of the published file.';
}
