import type { RgbImage } from './image';
import { PIXEL_LIMIT } from './image';
import { refusal } from './refusals';

/**
 * A strict reader of Windows bitmaps (sharp reads none): 1, 4 and 8 bits with a palette, 16, 24 and 32 bits, bottom-up
 * or top-down, plain or with bit masks. Run-length and embedded JPEG or PNG compression are refused by name. A fourth
 * channel is ignored, as picture viewers do. Layout: Microsoft, "Bitmap Storage" (BITMAPFILEHEADER, BITMAPINFOHEADER,
 * BITMAPV5HEADER).
 */
export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: 1 | 4 | 8 | 16 | 24 | 32;
  /** Bit masks of red, green and blue for 16 and 32 bits. */
  readonly masks: readonly [number, number, number];
  readonly palette: { readonly at: number; readonly entryBytes: number; readonly count: number };
  readonly pixelsAt: number;
}

const FILE_HEADER_BYTES = 14;
const compressions = ['none', 'RLE8', 'RLE4', 'bit masks', 'JPEG', 'PNG', 'bit masks with alpha'];

/** Bytes from the start of a file within which `readBmpHeader` finds all it needs. */
export const BMP_HEAD_BYTES = FILE_HEADER_BYTES + 124;

/**
 * Reads and checks the two headers of a bitmap.
 *
 * @param bytes the file, or at least its first `BMP_HEAD_BYTES` bytes
 * @throws LabError `unreadable-file` (damaged) or `unsupported` (compression, depth, too many pixels)
 */
export function readBmpHeader(bytes: Uint8Array, path: string): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < FILE_HEADER_BYTES + 12) throw refusal.truncated(path);
  const infoBytes = view.getUint32(14, true);
  const core = infoBytes === 12;
  if (!core && (infoBytes < 40 || infoBytes > 124)) {
    throw refusal.damaged(path, `its BMP header claims a size of ${infoBytes} bytes`);
  }
  if (bytes.length < FILE_HEADER_BYTES + infoBytes) throw refusal.truncated(path);
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = core ? view.getUint16(20, true) : view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  if (width < 1 || height < 1) {
    throw refusal.damaged(path, `its BMP header claims ${width} x ${signedHeight} pixels`);
  }
  if (width * height > PIXEL_LIMIT) throw refusal.tooManyPixels(path, width, height);
  const bits = view.getUint16(core ? 24 : 28, true);
  if (bits !== 1 && bits !== 4 && bits !== 8 && bits !== 16 && bits !== 24 && bits !== 32) {
    throw refusal.unsupported(path, `is a BMP with ${bits} bits per pixel`);
  }
  const compression = core ? 0 : view.getUint32(30, true);
  const masked = compression === 3 || compression === 6;
  if ((compression !== 0 && !masked) || (masked && bits !== 16 && bits !== 32)) {
    const name = compressions[compression] ?? `number ${compression}`;
    throw refusal.unsupported(path, `is a BMP with ${bits} bits per pixel and compression ${name}`);
  }
  const entryBytes = core ? 3 : 4;
  const declared = core ? 0 : view.getUint32(46, true);
  const maskBytes = masked && infoBytes === 40 ? (compression === 6 ? 16 : 12) : 0;
  return {
    width,
    height,
    topDown: signedHeight < 0,
    bits,
    masks: masked ? readMasks(view, path) : defaultMasks(bits),
    palette: {
      at: FILE_HEADER_BYTES + infoBytes + maskBytes,
      entryBytes,
      count: bits <= 8 ? Math.min(declared === 0 ? 2 ** bits : declared, 2 ** bits) : 0,
    },
    pixelsAt: view.getUint32(10, true),
  };
}

function readMasks(view: DataView, path: string): [number, number, number] {
  // Directly behind the 40 bytes of BITMAPINFOHEADER, or inside a longer header: the same place.
  if (view.byteLength < 66) throw refusal.truncated(path);
  return [view.getUint32(54, true), view.getUint32(58, true), view.getUint32(62, true)];
}

function defaultMasks(bits: number): [number, number, number] {
  return bits === 16 ? [0x7c00, 0x03e0, 0x001f] : [0x00ff0000, 0x0000ff00, 0x000000ff];
}

/**
 * Decodes a bitmap file.
 *
 * @param bytes the whole file
 * @returns [height, width, 3] uint8 RGB
 * @throws LabError as `readBmpHeader`, or `unreadable-file` where the file ends early
 */
export function decodeBmp(bytes: Uint8Array, path: string): RgbImage {
  const header = readBmpHeader(bytes, path);
  const { width, height, bits, pixelsAt, palette } = header;
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  const paletteEnd = palette.at + palette.count * palette.entryBytes;
  if (pixelsAt < palette.at || pixelsAt < paletteEnd) {
    throw refusal.damaged(path, `its BMP pixels claim to start inside the header, at ${pixelsAt}`);
  }
  // The padding of the last row may be missing; pixels may not.
  if (bytes.length < pixelsAt + rowBytes * (height - 1) + Math.ceil((width * bits) / 8)) {
    throw refusal.truncated(path);
  }
  const data = new Uint8Array(width * height * 3);
  const readRow = rowReader(bytes, header, path);
  for (let y = 0; y < height; y++) {
    const stored = header.topDown ? y : height - 1 - y;
    readRow(pixelsAt + stored * rowBytes, data, y * width * 3);
  }
  return { width, height, data };
}

type RowReader = (from: number, data: Uint8Array, to: number) => void;

function rowReader(bytes: Uint8Array, header: BmpHeader, path: string): RowReader {
  if (header.bits <= 8) return paletteRows(bytes, header, path);
  if (header.bits === 24) return trueColourRows(bytes, header.width);
  return maskedRows(bytes, header, path);
}

function trueColourRows(bytes: Uint8Array, width: number): RowReader {
  return (from, data, to) => {
    for (let end = to + width * 3; to < end; to += 3, from += 3) {
      data[to] = bytes[from + 2] ?? 0;
      data[to + 1] = bytes[from + 1] ?? 0;
      data[to + 2] = bytes[from] ?? 0;
    }
  };
}

function paletteRows(bytes: Uint8Array, header: BmpHeader, path: string): RowReader {
  const { bits, width, palette } = header;
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  return (from, data, to) => {
    for (let x = 0; x < width; x++, to += 3) {
      const shift = 8 - bits - (x % perByte) * bits;
      const index = ((bytes[from + Math.floor(x / perByte)] ?? 0) >> shift) & mask;
      if (index >= palette.count) {
        throw refusal.damaged(
          path,
          `a pixel refers to colour ${index} of a palette of ${palette.count}`,
        );
      }
      const entry = palette.at + index * palette.entryBytes;
      data[to] = bytes[entry + 2] ?? 0;
      data[to + 1] = bytes[entry + 1] ?? 0;
      data[to + 2] = bytes[entry] ?? 0;
    }
  };
}

function maskedRows(bytes: Uint8Array, header: BmpHeader, path: string): RowReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const channels = header.masks.map((mask) => {
    if (mask === 0) throw refusal.damaged(path, 'one of its BMP colour masks is empty');
    const shift = 31 - Math.clz32(mask & -mask);
    return { mask, shift, peak: mask >>> shift };
  });
  const step = header.bits / 8;
  return (from, data, to) => {
    for (let x = 0; x < header.width; x++, from += step) {
      const word = step === 4 ? view.getUint32(from, true) : view.getUint16(from, true);
      for (const { mask, shift, peak } of channels) {
        const value = (word & mask) >>> shift;
        data[to++] = peak === 255 ? value : Math.round((value * 255) / peak);
      }
    }
  };
}
