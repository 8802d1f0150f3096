import type { Side } from '../domain/dataset';
import { LabError } from '../errors';
import { nearPairs } from './look-alike';
import type { SplitImage } from './units';

/** Two images on different sides that show the same content. */
export interface Leak {
  readonly reason: 'identical' | 'near-identical' | 'group';
  readonly names: readonly [string, string];
  readonly sides: readonly [Side, Side];
  /** Differing hash bits for `near-identical`; the group's key for `group`. */
  readonly bits?: number;
  readonly groupKey?: string;
}

/**
 * Finds content that lies on two sides of a split: byte-identical files, look-alikes and images of one reference
 * content. Per file and per group one pair is named, however many there are.
 *
 * @param sides side of each image, null for an image in none
 */
export function findLeaks(images: readonly SplitImage[], sides: readonly (Side | null)[]): Leak[] {
  const leaks: Leak[] = [];
  const crossing = (a: number, b: number): Pick<Leak, 'names' | 'sides'> | null => {
    const [first, second] = [images[a], images[b]];
    const [one, other] = [sides[a] ?? null, sides[b] ?? null];
    if (!first || !second || one === null || other === null || one === other) return null;
    return { names: [first.name, second.name], sides: [one, other] };
  };
  const byContent = (key: (image: SplitImage) => string | null, leak: (key: string) => object) => {
    const first = new Map<string, number>();
    const named = new Set<string>();
    for (const [index, image] of images.entries()) {
      const value = key(image);
      if (value === null || (sides[index] ?? null) === null) continue;
      const earlier = first.get(value);
      if (earlier === undefined) first.set(value, index);
      const pair = earlier === undefined || named.has(value) ? null : crossing(earlier, index);
      if (!pair) continue;
      named.add(value);
      leaks.push({ reason: 'identical', ...pair, ...leak(value) });
    }
  };
  byContent(
    ({ sha256 }) => sha256,
    () => ({}),
  );
  for (const { a, b, bits } of nearPairs(images.map(({ dhash }) => dhash))) {
    if (images[a]?.sha256 === images[b]?.sha256) continue;
    const pair = crossing(a, b);
    if (pair) leaks.push({ reason: 'near-identical', ...pair, bits });
  }
  byContent(
    ({ groupKey }) => groupKey,
    (groupKey) => ({ reason: 'group', groupKey }),
  );
  return leaks;
}

/** One leak in words: `"a.png" (train) and "b.png" (test) are the same file`. */
export function describeLeak({ reason, names, sides, bits, groupKey }: Leak): string {
  const pair = `"${names[0]}" (${sides[0]}) and "${names[1]}" (${sides[1]})`;
  switch (reason) {
    case 'identical':
      return `${pair} are the same file`;
    case 'near-identical':
      return `${pair} look the same (${bits ?? 0} of 64 hash bits differ)`;
    case 'group':
      return `${pair} show the same content "${groupKey ?? ''}"`;
  }
}

const SHOWN = 3;
const KEPT_IN_DETAILS = 200;

/** Several leaks in one phrase: the first few in words, the rest counted. */
export function describeLeaks(leaks: readonly Leak[]): string {
  const shown = leaks.slice(0, SHOWN).map(describeLeak).join('; ');
  const more = leaks.length - SHOWN;
  return more > 0 ? `${shown}; and ${more} more pair${more === 1 ? '' : 's'}` : shown;
}

/** The refusal of a split that would test a model on pictures it was trained on. */
export function leakageError(leaks: readonly Leak[], next: string): LabError {
  return new LabError({
    kind: 'leakage',
    message: `The same picture would be on two sides of the split: ${describeLeaks(leaks)}.`,
    safe: 'No split was stored.',
    next,
    details: { pairs: leaks.slice(0, KEPT_IN_DETAILS).map(describeLeak), count: leaks.length },
  });
}
