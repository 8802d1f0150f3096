import { basename, isAbsolute } from 'node:path';
import { statSync } from 'node:fs';
import type { WeightFacts, WeightOutcome } from '@shared/domain/weights';
import { LabError, toErrorData } from '@shared/errors';
import { storageError } from '../db/errors';
import type { WritableDb } from '../db/handle';
import { findWeights, getWeights, insertWeights } from '../db/weights';
import type { FreeBytes } from '../jobs/disk-guard';
import { freeBytes as freeOnDisk, reserveBytes, sizeText } from '../workspace/disk-space';
import type { Layout } from '../workspace/layout';
import { fromStoredPath, realPath, toStoredPath } from '../workspace/layout';
import { weightCandidates } from './candidates';
import { copyByContent, fileState } from './copy-file';

export interface AddWeightsParts {
  readonly db: WritableDb;
  readonly layout: Layout;
  /** Reads a file whole and says what it is; rejects with a reason where it is nothing known. */
  readonly inspect: (path: string) => Promise<WeightFacts>;
  readonly progress: (progress: { done: number; total: number; phase: string }) => void;
  readonly signal: AbortSignal;
  readonly freeBytes?: FreeBytes;
}

/**
 * Takes a weight file, or those of a folder, into the workspace. Originals are only read. What is
 * not recognised is refused with a reason and leaves no trace; in a folder the others go on.
 * @param path absolute
 * @throws LabError `bad-input` or `not-found` where there is nothing to look at, `disk-full`,
 *   `cancelled`
 */
export async function addWeights(parts: AddWeightsParts, path: string): Promise<WeightOutcome[]> {
  if (!isAbsolute(path)) {
    throw new LabError({
      kind: 'bad-input',
      message: `a weight file needs a full path, got "${path}"`,
      safe: 'Nothing was added.',
      next: 'Choose the file with the button, or type its path from the root.',
    });
  }
  const outcomes: WeightOutcome[] = [];
  for (const file of weightCandidates(path)) {
    try {
      outcomes.push(await addOne(parts, file));
    } catch (thrown) {
      const error = toErrorData(thrown);
      // The disk or the person ends everything; a file that is no weights concerns itself only.
      if (stopping.includes(error.kind)) throw thrown;
      const { message: reason, next = null } = error;
      outcomes.push({ path: file, outcome: 'refused', weights: null, reason, next });
    }
  }
  return outcomes;
}

const stopping: readonly string[] = ['disk-full', 'cancelled', 'worker-died', 'internal', 'locked'];

async function addOne(parts: AddWeightsParts, path: string): Promise<WeightOutcome> {
  const { db, layout, inspect, progress, signal } = parts;
  const fileName = basename(path);
  const total = sizeOf(path);
  await refuseWithoutRoom(parts, total);
  progress({ done: 0, total, phase: `reading ${fileName}` });
  const before = await fileState(path);
  const facts = await inspect(path);
  const copied = await copyByContent(path, {
    into: layout.weights,
    signal,
    progress: (done) => progress({ done, total, phase: `copying ${fileName}` }),
  });
  if ((await fileState(path)) !== before) throw changedMeanwhile(path);
  const known = findWeights(db, copied.sha256);
  const present =
    known !== null && known.weights.deletedAtMs === null && isThere(layout, known.path);
  if (!present) {
    insertWeights(db, {
      sha256: copied.sha256,
      fileName,
      path: toStoredPath(layout, copied.path),
      sizeBytes: copied.sizeBytes,
      facts,
      addedAtMs: Date.now(),
    });
  }
  return {
    path,
    outcome: present ? 'present' : 'added',
    weights: getWeights(db, copied.sha256).weights,
    reason: null,
    next: null,
  };
}

function isThere(layout: Layout, stored: string): boolean {
  return realPath(fromStoredPath(layout, stored)) !== null;
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (thrown) {
    throw storageError(thrown, path);
  }
}

async function refuseWithoutRoom(
  { layout, freeBytes = freeOnDisk }: AddWeightsParts,
  size: number,
) {
  const available = await freeBytes(layout.root);
  const needed = size + reserveBytes;
  if (available >= needed) return;
  throw new LabError({
    kind: 'disk-full',
    message:
      `only ${sizeText(available)} are free on the disk of ${layout.root}, ` +
      `${sizeText(needed)} are needed for the copy`,
    safe: 'Everything added before is kept.',
    next: 'Free some space on this disk, then add the file again.',
  });
}

function changedMeanwhile(path: string): LabError {
  return new LabError({
    kind: 'conflict',
    message: `${path} was changed while it was being copied`,
    safe: 'It was not added.',
    next: 'Wait until its download has ended, then add it again.',
  });
}
