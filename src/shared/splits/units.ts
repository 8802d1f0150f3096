import { nearPairs } from './look-alike';

/** What a split needs to know about an image; a `DatasetImage` has it all. */
export interface SplitImage {
  /** 0-based position in the label file; index files refer to it. */
  readonly position: number;
  readonly name: string;
  /** Raw rating. */
  readonly score: number;
  readonly groupKey: string | null;
  readonly sha256: string;
  readonly dhash: string;
}

/**
 * Sorts images into units that must not be torn apart: images of one reference content, byte-identical files and
 * look-alikes, chained together where they overlap.
 *
 * @returns units as lists of indices into `images`, each list ascending, units in the order of their first image
 */
export function tieTogether(images: readonly SplitImage[]): number[][] {
  const parent = images.map((_, index) => index);
  const find = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root] ?? root;
    for (let at = index; at !== root;) {
      const next = parent[at] ?? root;
      parent[at] = root;
      at = next;
    }
    return root;
  };
  const join = (a: number, b: number): void => {
    const [first, second] = [find(a), find(b)];
    parent[Math.max(first, second)] = Math.min(first, second);
  };
  const firstWith = new Map<string, number>();
  for (const [index, { groupKey, sha256 }] of images.entries()) {
    const keys =
      groupKey === null ? [`sha256 ${sha256}`] : [`sha256 ${sha256}`, `group ${groupKey}`];
    for (const key of keys) {
      const first = firstWith.get(key);
      if (first === undefined) firstWith.set(key, index);
      else join(first, index);
    }
  }
  for (const { a, b } of nearPairs(images.map(({ dhash }) => dhash))) join(a, b);
  const units = new Map<number, number[]>();
  for (const index of images.keys()) {
    const root = find(index);
    const unit = units.get(root);
    if (unit) unit.push(index);
    else units.set(root, [index]);
  }
  return [...units.values()];
}

/** Every image a unit of its own: for a split that ignores content. */
export function keepApart(images: readonly SplitImage[]): number[][] {
  return images.map((_, index) => [index]);
}
