import { LabError } from '@shared/errors';
import type { ReadableDb } from '../db/handle';
import type { JobRecord } from '../db/jobs';
import { listCheckpoints } from '../db/training';
import { freeBytes, neededBytes, sizeText } from '../workspace/disk-space';

/** Tells how many bytes may still be written to the disk of a folder. */
export type FreeBytes = (folder: string) => Promise<number>;

/**
 * Why a job may not write on this disk now, in one sentence; null when there is room. A training
 * needs room for three of its checkpoints, so that one is never half written.
 */
export async function diskShortage(
  db: ReadableDb,
  folder: string,
  job: JobRecord,
  free: FreeBytes = freeBytes,
): Promise<string | null> {
  const checkpoint = job.kind === 'train' ? listCheckpoints(db, job.runId)[0]?.sizeBytes : 0;
  const needed = neededBytes(checkpoint ?? 0);
  const available = await free(folder);
  if (available >= needed) return null;
  return (
    `only ${sizeText(available)} are free on the disk of ${folder}, ` +
    `${sizeText(needed)} are needed`
  );
}

/** The same as an error, for where something is refused rather than postponed. */
export function diskShortageError(shortage: string): LabError {
  return new LabError({
    kind: 'disk-full',
    message: shortage,
    safe: 'Everything stored so far is kept.',
    next: 'Free some space, then press Resume.',
  });
}
