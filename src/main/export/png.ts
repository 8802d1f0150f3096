import { crc32 } from 'node:zlib';
import { renderAsync } from '@resvg/resvg-js';
import { LabError } from '@shared/errors';
import { fontFiles, isCovered, type FontSpec } from './fonts';

/** A picture this large takes about 500 MB while it is drawn. */
const maxPixels = 120e6;

/**
 * Draws an SVG document as PNG with the bundled fonts and states its resolution in the file.
 *
 * @param texts every line of text in it: only where the bundled faces lack a character are the
 *   system's fonts asked, because they make the result depend on the machine
 * @throws LabError `bad-input` when size times resolution gives more than 120 million pixels
 */
export async function rasterise(
  svg: string,
  texts: readonly { text: string; font: FontSpec }[],
  widthIn: number,
  heightIn: number,
  dpi: number,
): Promise<Buffer> {
  const width = Math.round(widthIn * dpi);
  const pixels = width * Math.round(heightIn * dpi);
  if (pixels > maxPixels) {
    throw new LabError({
      kind: 'bad-input',
      message: `A picture of ${widthIn} x ${heightIn} in at ${dpi} dpi has ${Math.round(pixels / 1e6)} million pixels; 120 million is the limit.`,
      safe: 'Nothing was written.',
      next: 'Choose a lower resolution, or SVG, which is sharp at every size.',
    });
  }
  const image = await renderAsync(svg, {
    font: {
      loadSystemFonts: !texts.every(({ text, font }) => isCovered(text, font)),
      fontFiles: fontFiles(),
      defaultFontFamily: 'Arimo',
      serifFamily: 'Tinos',
      sansSerifFamily: 'Arimo',
    },
    fitTo: { mode: 'width', value: width },
    logLevel: 'off',
  });
  return withResolution(image.asPng(), dpi);
}

/** Inserts the pHYs chunk (pixels per metre) behind the header, where programs look for the size. */
export function withResolution(png: Buffer, dpi: number): Buffer {
  const perMetre = Math.round(dpi / 0.0254);
  const body = Buffer.alloc(13);
  body.write('pHYs', 0, 'latin1');
  body.writeUInt32BE(perMetre, 4);
  body.writeUInt32BE(perMetre, 8);
  body.writeUInt8(1, 12); // unit: metre
  const chunk = Buffer.alloc(21);
  chunk.writeUInt32BE(9, 0); // length of the data: two densities and the unit
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), 17);
  // 8 bytes of signature, then IHDR: 4 length + 4 name + 13 data + 4 checksum.
  const headerEnd = 33;
  return Buffer.concat([png.subarray(0, headerEnd), chunk, png.subarray(headerEnd)]);
}
