import { crc32 } from 'node:zlib';
import { LabError } from '@shared/errors';

/** The largest size and offset without ZIP64 records, which no model here comes near. */
const MAX_BYTES = 0xffff_fffe;
/** 1 January 1980, the earliest date the format has: equal contents make equal files. */
const DATE = 0x0021;
/** PyTorch's extra record "FB", by whose length it moves a file's contents to where it wants them. */
const PADDING = 0x4246;

export interface ZipPart {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * A ZIP archive of parts as they are, unpacked.
 * @param align each part's contents begin at a multiple of so many bytes
 */
export function writeZip(parts: readonly ZipPart[], align: number): Uint8Array {
  let at = 0;
  const placed = parts.map(({ name, bytes }) => {
    const encoded = new TextEncoder().encode(name);
    const plain = at + 30 + encoded.length + 4;
    const extra = 4 + ((align - (plain % align)) % align);
    const entry = { name: encoded, bytes, offset: at, extra, crc: crc32(bytes) };
    at += 30 + encoded.length + extra + bytes.length;
    return entry;
  });
  const directoryAt = at;
  for (const { name } of placed) at += 46 + name.length;
  if (at + 22 > MAX_BYTES) {
    throw new LabError({
      kind: 'unsupported',
      message: `writeZip: the weights take ${at} bytes, more than a plain ZIP file holds`,
      safe: 'Nothing was written.',
      next: 'Save them as safetensors instead.',
    });
  }
  const file = new Uint8Array(at + 22);
  const view = new DataView(file.buffer);
  let directory = directoryAt;
  for (const { name, bytes, offset, extra, crc } of placed) {
    view.setUint32(offset, 0x04034b50, true);
    common(view, offset + 4, name.length, extra, bytes.length, crc);
    file.set(name, offset + 30);
    view.setUint16(offset + 30 + name.length, PADDING, true);
    view.setUint16(offset + 32 + name.length, extra - 4, true);
    file.set(bytes, offset + 30 + name.length + extra);

    view.setUint32(directory, 0x02014b50, true);
    common(view, directory + 6, name.length, 0, bytes.length, crc);
    view.setUint32(directory + 42, offset, true);
    file.set(name, directory + 46);
    directory += 46 + name.length;
  }
  view.setUint32(directory, 0x06054b50, true);
  view.setUint16(directory + 8, placed.length, true);
  view.setUint16(directory + 10, placed.length, true);
  view.setUint32(directory + 12, directory - directoryAt, true);
  view.setUint32(directory + 16, directoryAt, true);
  return file;
}

/** The fields that a file's own header and the table of contents have in common. */
function common(
  view: DataView,
  at: number,
  nameLength: number,
  extraLength: number,
  size: number,
  crc: number,
): void {
  view.setUint16(at, 20, true);
  view.setUint16(at + 8, DATE, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, size, true);
  view.setUint32(at + 18, size, true);
  view.setUint16(at + 22, nameLength, true);
  view.setUint16(at + 24, extraLength, true);
}
