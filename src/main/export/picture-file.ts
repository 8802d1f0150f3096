import type { FigureSize, PictureFormat } from '@shared/rpc';
import { assertNever } from '@shared/errors';
import type { FontSpec } from './fonts';
import { svgToPdf } from './pdf';
import { rasterise } from './png';

/**
 * A drawing in the format asked for. All are made from the one SVG document, so that no two files of
 * a figure can show different things.
 *
 * @param texts every line of text in it
 * @param size in inches; `dpi` matters for PNG only
 */
export async function pictureFile(
  svg: string,
  texts: readonly { text: string; font: FontSpec }[],
  size: Pick<FigureSize, 'widthIn' | 'heightIn' | 'dpi'>,
  format: PictureFormat,
): Promise<Buffer> {
  switch (format) {
    case 'svg':
      return Buffer.from(svg, 'utf8');
    case 'pdf':
      return await svgToPdf(svg);
    case 'png':
      return await rasterise(svg, texts, size.widthIn, size.heightIn, size.dpi);
    default:
      return assertNever(format, 'pictureFile');
  }
}
