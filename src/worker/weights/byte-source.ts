import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { LabError } from '@shared/errors';
import { refusals, type Refusals } from './refusal';

/** The system reads less than 2 GB at once. */
const MAX_READ_BYTES = 1_073_741_824;

/**
 * Random access to a file or to bytes in memory. Weights files can be many gigabytes, most of which may be an optimiser's
 * state that nobody wants: only the parts that are asked for are read.
 */
export interface ByteSource {
  readonly size: number;
  readonly refuse: Refusals;
  /** A range of the file, starting at an offset of its own buffer or not. @throws LabError past the end */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** @param name what messages call the bytes */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  const refuse = refusals(name);
  return {
    size: bytes.length,
    refuse,
    read: (offset, length) => {
      if (!within(offset, length, bytes.length)) return Promise.reject(cutOff(refuse));
      return Promise.resolve(bytes.subarray(offset, offset + length));
    },
    close: () => Promise.resolve(),
  };
}

/** @throws LabError `missing-file` */
export async function fileSource(path: string): Promise<ByteSource> {
  const refuse = refusals(basename(path));
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error;
    throw new LabError(
      {
        kind: 'missing-file',
        message: `the weights file ${path} does not exist`,
        safe: 'Nothing was changed.',
        next: 'Choose the file again.',
      },
      { cause: error },
    );
  }
  const stat = await file.stat();
  if (!stat.isFile()) {
    await file.close();
    throw refuse.unclear('is not a file', 'Choose a file, not a folder.');
  }
  return {
    size: stat.size,
    refuse,
    read: async (offset, length) => {
      if (!within(offset, length, stat.size)) throw cutOff(refuse);
      const bytes = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const wanted = Math.min(length - filled, MAX_READ_BYTES);
        const { bytesRead } = await file.read(bytes, filled, wanted, offset + filled);
        if (bytesRead === 0) throw cutOff(refuse);
        filled += bytesRead;
      }
      return bytes;
    },
    close: () => file.close(),
  };
}

function within(offset: number, length: number, size: number): boolean {
  return offset >= 0 && length >= 0 && offset + length <= size;
}

function cutOff(refuse: Refusals): LabError {
  return refuse.damaged('is cut off');
}
