import { encodePng } from '@imaging/encode';
import type { RgbImage } from '@imaging/image';
import type { FigureSize, PictureFormat } from '@shared/rpc';
import { parseFont, textWidth, type FontSpec } from './fonts';
import { pictureFile } from './picture-file';

/** One picture of a plate with what stands around it. */
export interface PlatePicture {
  readonly image: RgbImage;
  /** Lines under it. */
  readonly under: readonly string[];
  /** In its lower right corner, on a ground of its own; null for nothing. */
  readonly corner: string | null;
}

export interface Plate {
  /** Above the pictures: the setting. */
  readonly heading: string;
  readonly pictures: readonly PlatePicture[];
}

export type PlateSize = Pick<FigureSize, 'widthIn' | 'fontPt' | 'font' | 'dpi'>;

/** Between two pictures, in points. */
const gap = 4;

/**
 * Draws pictures side by side as a journal prints them (the paper's Fig. 2): the setting above,
 * scores under each, similarity in the corner. Pictures keep every pixel; the height follows.
 *
 * @param size width in inches, text in points; `dpi` matters for PNG only
 */
export async function renderPlate(
  { heading, pictures }: Plate,
  size: PlateSize,
  format: PictureFormat,
): Promise<Buffer> {
  const page = new Page(size);
  const widthPt = size.widthIn * 72;
  const each = (widthPt - gap * (pictures.length - 1)) / pictures.length;
  const shape = Math.max(...pictures.map(({ image }) => image.height / image.width));
  const top = 1.5 * size.fontPt;
  page.text(heading, widthPt / 2, size.fontPt, 'middle');
  for (const [i, { image, under, corner }] of pictures.entries()) {
    const left = i * (each + gap);
    const height = (each * image.height) / image.width;
    await page.picture(image, left, top, each, height);
    if (corner !== null) page.label(corner, left + each, top + height);
    under.forEach((line, row) =>
      page.text(
        line,
        left + each / 2,
        top + each * shape + (row + 1.1) * 1.2 * size.fontPt,
        'middle',
      ),
    );
  }
  const rows = Math.max(...pictures.map(({ under }) => under.length));
  const heightPt = top + each * shape + (rows + 0.5) * 1.2 * size.fontPt;
  const svg = page.document(widthPt, heightPt, heading);
  return await pictureFile(svg, page.texts, { ...size, heightIn: heightPt / 72 }, format);
}

/** Elements of a document in points, and the text in it. */
class Page {
  readonly texts: { text: string; font: FontSpec }[] = [];
  readonly #parts: string[] = [];
  readonly #size: PlateSize;
  readonly #family: string;

  constructor(size: PlateSize) {
    this.#size = size;
    this.#family = size.font === 'serif' ? "Tinos, 'Times New Roman'" : 'Arimo, Arial';
  }

  async picture(
    image: RgbImage,
    x: number,
    y: number,
    width: number,
    height: number,
  ): Promise<void> {
    const data = (await encodePng(image)).toString('base64');
    this.#parts.push(
      `<image x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" ` +
        `image-rendering="optimizeSpeed" preserveAspectRatio="none" href="data:image/png;base64,${data}"/>`,
    );
  }

  text(text: string, x: number, y: number, anchor: 'middle' | 'end'): void {
    const { fontPt } = this.#size;
    this.texts.push({ text, font: this.#font() });
    this.#parts.push(
      `<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}" font-family="${this.#family}" ` +
        `font-size="${n(fontPt)}" fill="#000000">${escaped(text)}</text>`,
    );
  }

  /** A line on white with its lower right corner at a point. */
  label(text: string, right: number, bottom: number): void {
    const { fontPt } = this.#size;
    const width = textWidth(text, this.#font()) + fontPt / 2;
    const height = 1.2 * fontPt;
    this.#parts.push(
      `<rect x="${n(right - width)}" y="${n(bottom - height)}" width="${n(width)}" ` +
        `height="${n(height)}" fill="#ffffff"/>`,
    );
    this.text(text, right - fontPt / 4, bottom - 0.3 * fontPt, 'end');
  }

  document(widthPt: number, heightPt: number, title: string): string {
    return [
      `<?xml version="1.0" encoding="UTF-8"?>`,
      `<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="${n(widthPt)}pt" ` +
        `height="${n(heightPt)}pt" viewBox="0 0 ${n(widthPt)} ${n(heightPt)}" role="img">`,
      `<title>${escaped(title)}</title>`,
      `<rect width="${n(widthPt)}" height="${n(heightPt)}" fill="#ffffff"/>`,
      ...this.#parts,
      '</svg>\n',
    ].join('\n');
  }

  #font(): FontSpec {
    return parseFont(`${this.#size.fontPt}px ${this.#family}`);
  }
}

/** Three decimals of a point are a third of a micrometre. */
function n(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

function escaped(text: string): string {
  return text
    .replaceAll(/[\u0000-\u001f\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
