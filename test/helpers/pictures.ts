import { crc32, deflateSync } from 'node:zlib';

/** Small pictures and broken ones, built byte by byte so that the expected pixels are known without a decoder. */

/** Width * height RGB samples from a formula: no two neighbours alike, every channel different. */
export function gradient(width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return ((pixel % width) * 37 + Math.floor(pixel / width) * 11 + (i % 3) * 71) % 256;
  });
}

export interface BmpParts {
  readonly width: number;
  /** Negative for top-down rows. */
  readonly height: number;
  readonly bits: number;
  /** Rows as stored, padded to four bytes by the caller's choice of content. */
  readonly rows: Uint8Array;
  readonly compression?: number;
  readonly masks?: readonly [number, number, number];
  /** Palette entries as [red, green, blue]. */
  readonly palette?: readonly (readonly [number, number, number])[];
}

/** A Windows bitmap with a 40-byte info header, put together from its parts. */
export function bmpFile(parts: BmpParts): Buffer {
  const masks = Buffer.alloc((parts.masks?.length ?? 0) * 4);
  parts.masks?.forEach((mask, i) => masks.writeUInt32LE(mask >>> 0, i * 4));
  const palette = Buffer.from((parts.palette ?? []).flatMap(([r, g, b]) => [b, g, r, 0]));
  const pixelsAt = 54 + masks.length + palette.length;
  const head = Buffer.alloc(54);
  head.write('BM', 0, 'latin1');
  head.writeUInt32LE(pixelsAt + parts.rows.length, 2);
  head.writeUInt32LE(pixelsAt, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(parts.width, 18);
  head.writeInt32LE(parts.height, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(parts.bits, 28);
  head.writeUInt32LE(parts.compression ?? 0, 30);
  head.writeUInt32LE(parts.palette?.length ?? 0, 46);
  return Buffer.concat([head, masks, palette, parts.rows]);
}

/** RGB samples as 24-bit bitmap rows, blue first, padded to four bytes. */
export function bmp24Rows(rgb: Uint8Array, width: number, height: number, topDown = false): Buffer {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const rows = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const to = (topDown ? y : height - 1 - y) * stride;
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      rows.set([rgb[from + 2] ?? 0, rgb[from + 1] ?? 0, rgb[from] ?? 0], to + x * 3);
    }
  }
  return rows;
}

function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  chunk.set(body, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

/** A well-formed PNG head that announces width x height RGB pixels but holds hardly any. */
export function pngHeaderOnly(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(Buffer.alloc(64))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}
