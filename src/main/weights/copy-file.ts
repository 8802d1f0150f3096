import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { chmod, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '@shared/errors';
import { storageError } from '../db/errors';

export interface CopiedFile {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

const chunkBytes = 4 * 1024 * 1024;

export interface CopyOptions {
  /** Folder of the copy. */
  readonly into: string;
  readonly signal: AbortSignal;
  /** Told of the bytes written so far. */
  readonly progress: (doneBytes: number) => void;
}

/**
 * Copies a file under the name of its own SHA-256, so that it appears whole or not at all. The copy
 * is read-only; where one of the same content is there already, that one stays.
 * @throws LabError `disk-full`, `read-only`, `not-found` or `cancelled`; nothing is left behind
 */
export async function copyByContent(path: string, options: CopyOptions): Promise<CopiedFile> {
  const { into, signal, progress } = options;
  mkdirSync(into, { recursive: true });
  const unfinished = join(into, `.${randomUUID()}.unfinished`);
  try {
    const { sha256, sizeBytes } = await copyHashed(path, unfinished, signal, progress);
    const final = join(into, sha256);
    if (existsSync(final)) {
      await rm(unfinished);
    } else {
      await chmod(unfinished, 0o444);
      await rename(unfinished, final);
      await syncFolder(into);
    }
    return { path: final, sha256, sizeBytes };
  } catch (thrown) {
    await rm(unfinished, { force: true });
    throw storageError(thrown, thrown instanceof LabError ? path : into);
  }
}

async function copyHashed(
  from: string,
  to: string,
  signal: AbortSignal,
  progress: (doneBytes: number) => void,
): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash('sha256');
  const source = await opened(from);
  try {
    const target = await open(to, 'wx');
    try {
      const buffer = Buffer.alloc(chunkBytes);
      for (let done = 0; ;) {
        if (signal.aborted) throw stopped();
        const { bytesRead } = await source.read(buffer, 0, chunkBytes, null);
        if (bytesRead === 0) {
          await target.sync();
          return { sha256: hash.digest('hex'), sizeBytes: done };
        }
        const chunk = buffer.subarray(0, bytesRead);
        hash.update(chunk);
        await target.writeFile(chunk);
        progress((done += bytesRead));
      }
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** What cannot be read is the source's fault, not the workspace's. */
async function opened(path: string): Promise<Awaited<ReturnType<typeof open>>> {
  try {
    return await open(path, 'r');
  } catch (thrown) {
    const failure = storageError(thrown, path);
    if (failure instanceof LabError && failure.kind === 'read-only') {
      throw new LabError({
        kind: 'unreadable-file',
        message: `${path} may not be read by this user`,
        safe: 'Nothing was added.',
        next: 'Give yourself the right to read it, or copy it to a folder of your own.',
      });
    }
    throw failure;
  }
}

/** A rename is durable once its folder is; Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Size and time of a file's last change: the same before and after means that it was not written. */
export async function fileState(path: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(path);
    return `${size} ${mtimeMs}`;
  } catch (thrown) {
    throw storageError(thrown, path);
  }
}

function stopped(): LabError {
  return new LabError({
    kind: 'cancelled',
    message: 'adding the weight file was stopped',
    safe: 'Nothing of it was kept.',
    next: 'Add it again.',
  });
}
