import { mkdir, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import type { RgbImage } from '@imaging/image';
import type { Size } from './views';

/**
 * A decoded picture on disk: 24 bytes of header, then RGB rows.
 *
 * | bytes | content                                             |
 * | ----- | --------------------------------------------------- |
 * | 0-7   | `IQAPIX01`; raised when decoding means other pixels |
 * | 8-11  | height, uint32 little-endian                        |
 * | 12-15 | width                                               |
 * | 16-19 | CRC-32 of the pixels                                |
 * | 20-23 | CRC-32 of bytes 0-19                                |
 *
 * The file is only a cache: anything wrong with it means "absent", and it is built again.
 */
const magic = Buffer.from('IQAPIX01', 'latin1');
const headerBytes = 24;
let written = 0;

/** Writes the file under a temporary name and renames it, so that it exists whole or not at all. */
export async function writeCacheFile(path: string, picture: RgbImage): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // Two stores, or two processes, may build the same picture: the last rename wins, with equal bytes.
  const temporary = `${path}.${process.pid}-${written++}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writev([header(picture), picture.data]);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Reads a whole cached picture and checks every byte of it.
 * @returns null where the file is absent, cut short, of another version or altered
 */
export async function readCacheFile(path: string): Promise<RgbImage | null> {
  return await withFile(path, async (file) => {
    const size = await readHeader(file);
    if (!size) return null;
    const data = new Uint8Array(size.height * size.width * 3);
    if (!(await readFully(file, data, headerBytes))) return null;
    return crc32(data) === size.crc ? { height: size.height, width: size.width, data } : null;
  });
}

/**
 * Size of a cached picture from its header and the file's length; the pixels are not looked at.
 * @returns null where the file is absent, cut short or of another version
 */
export async function readCacheSize(path: string): Promise<Size | null> {
  return await withFile(path, async (file) => {
    const header = await readHeader(file);
    return header && { height: header.height, width: header.width };
  });
}

/**
 * Reads consecutive rows of a cached picture that was checked whole before.
 * @returns uint8 `[count, width, 3]`, or null where the file has changed shape since
 */
export async function readCacheRows(
  path: string,
  size: Size,
  first: number,
  count: number,
): Promise<Uint8Array | null> {
  return await withFile(path, async (file) => {
    const rowBytes = size.width * 3;
    const data = new Uint8Array(count * rowBytes);
    return (await readFully(file, data, headerBytes + first * rowBytes)) ? data : null;
  });
}

async function withFile<T>(
  path: string,
  body: (file: FileHandle) => Promise<T | null>,
): Promise<T | null> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return await body(file);
  } finally {
    await file.close();
  }
}

function header({ height, width, data }: RgbImage): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  magic.copy(bytes);
  bytes.writeUInt32LE(height, 8);
  bytes.writeUInt32LE(width, 12);
  bytes.writeUInt32LE(crc32(data), 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 20)), 20);
  return bytes;
}

async function readHeader(file: FileHandle): Promise<(Size & { crc: number }) | null> {
  const bytes = Buffer.alloc(headerBytes);
  if (!(await readFully(file, bytes, 0)) || !bytes.subarray(0, 8).equals(magic)) return null;
  if (crc32(bytes.subarray(0, 20)) !== bytes.readUInt32LE(20)) return null;
  const size = { height: bytes.readUInt32LE(8), width: bytes.readUInt32LE(12) };
  // The length is checked before anything is allocated from the header's own numbers.
  const { size: fileBytes } = await file.stat();
  if (fileBytes !== headerBytes + size.height * size.width * 3) return null;
  return { ...size, crc: bytes.readUInt32LE(16) };
}

async function readFully(file: FileHandle, into: Uint8Array, position: number): Promise<boolean> {
  let filled = 0;
  while (filled < into.length) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, position + filled);
    if (bytesRead === 0) return false;
    filled += bytesRead;
  }
  return true;
}
