import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { storageError } from '../db/errors';

/**
 * Puts a file in place whole: written beside it, synced, renamed over it. Whatever goes wrong, the
 * file that was there stays as it was.
 * @throws LabError `disk-full` or `read-only`
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  // A name of its own: two exports may write the same recipe at once.
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID()}.unfinished`);
  try {
    const file = await open(unfinished, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (thrown) {
    await rm(unfinished, { force: true });
    throw storageError(thrown, path);
  }
}
