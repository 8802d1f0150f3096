import { decodeImageBytes, readPictureFile } from '@imaging/decode';
import { differenceHash, sha256 } from '@imaging/hash';
import { LabError } from '@shared/errors';

/** Pictures decoded at a time: enough to keep libuv's four threads busy, few enough to bound memory. */
const PARALLEL = 4;

/** What opening a picture told, or why it could not be opened. */
export type Inspected =
  | {
      readonly width: number;
      readonly height: number;
      readonly sha256: string;
      readonly dhash: string;
      readonly notes: readonly string[];
    }
  | { readonly error: LabError };

/**
 * Decodes every picture once, for its size, its hashes and the certainty that training will be able to read it.
 *
 * @param paths absolute paths
 * @returns one answer per path, in order
 * @throws LabError `cancelled` soon after `signal` is aborted
 */
export async function inspectImages(
  paths: readonly string[],
  onDone: (done: number) => void,
  signal?: AbortSignal,
): Promise<Inspected[]> {
  const results: Inspected[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < paths.length; at = next++) {
      throwIfCancelled(signal);
      results[at] = await inspect(paths[at] ?? '');
      onDone(++done);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return results;
}

async function inspect(path: string): Promise<Inspected> {
  try {
    const bytes = await readPictureFile(path);
    const image = await decodeImageBytes(bytes, path);
    const { width, height, notes } = image;
    return { width, height, notes, sha256: sha256(bytes), dhash: differenceHash(image) };
  } catch (error) {
    if (error instanceof LabError) return { error };
    throw error;
  }
}

/** @throws LabError `cancelled` if a person has asked to stop */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new LabError({
    kind: 'cancelled',
    message: 'The import was cancelled.',
    safe: 'Nothing was stored; the pictures were not changed.',
    next: 'Start it again whenever you like.',
  });
}
