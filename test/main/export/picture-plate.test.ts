import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { FigureOptions } from '@shared/domain/study';
import plate from '@shared/figures/plate';
import type { FigureSize } from '@shared/rpc';
import { renderFigure } from '../../../src/main/export/figure';
import type { PictureSource } from '../../../src/main/export/pictures';
import { buildStudy } from '../../helpers/study';
import { buildGrid } from '../../helpers/study-grid';

const options: FigureOptions = { scored: 'float', attack: 'FGSM, eps 0.005' };
const size: FigureSize = { widthIn: 3.25, heightIn: 5, fontPt: 8, font: 'serif', dpi: 100 };
const study = buildGrid(12);

/** Originals are green, attacked pictures red. */
const coloured: PictureSource = async (kind) => {
  const background = kind === 'image' ? '#00ff00' : '#ff0000';
  const picture = sharp({ create: { width: 8, height: 8, channels: 3, background } });
  return { buffer: await picture.png().toBuffer(), contentType: 'image/png' };
};

describe('an image plate', () => {
  test('holds its pictures: one original per picture and one attacked one per run', async () => {
    const svg = (await renderFigure(plate, study, options, size, 'svg', coloured)).toString('utf8');
    expect(svg.match(/<image [^>]*xlink:href="data:image\/png;base64,/g)).toHaveLength(2 + 4);
    expect(svg).toContain('xmlns:xlink=');
    expect(svg).toContain('>Original</text>');
    expect(svg).toMatch(/>MOS \d+\.\d<\/text>/);
    expect(svg).toMatch(/>HyperIQA \+NT: \d+\.\d \u2192 \d+\.\d<\/text>/);
  });

  test('shows them in the raster file too', async () => {
    const png = await renderFigure(plate, study, options, size, 'png', coloured);
    const { data, info } = await sharp(png)
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    let [green, red] = [0, 0];
    for (let i = 0; i < data.length; i += info.channels) {
      const [r = 0, g = 0, b = 0] = [data[i], data[i + 1], data[i + 2]];
      if (g > 250 && r < 5 && b < 5) green++;
      if (r > 250 && g < 5 && b < 5) red++;
    }
    // Two originals and four attacked pictures of one size; corners with SSIM and edges take a little.
    expect(green / (info.width * info.height)).toBeGreaterThan(0.1);
    expect(red / green).toBeGreaterThan(1.5);
    expect(red / green).toBeLessThan(2.1);
  });

  test('turns what SVG does not know into PNG and frames what is gone', async () => {
    const odd: PictureSource = async (kind, id) => {
      if (kind === 'image') return null;
      const media = await coloured(kind, id);
      if (!media || !('buffer' in media)) return null;
      const buffer = await sharp(media.buffer).webp().toBuffer();
      return { buffer, contentType: 'image/webp' };
    };
    const svg = (await renderFigure(plate, study, options, size, 'svg', odd)).toString('utf8');
    expect(svg.match(/data:image\/png;base64,/g)).toHaveLength(4);
    expect(svg.match(/<rect [^>]*stroke="#777777"/g)).toHaveLength(2);
  });

  test('takes the pictures asked for, else one of high and one of low quality', () => {
    const names = (given: FigureOptions): Set<unknown> =>
      new Set(plate.toCsv(study, given).rows.map(([name]) => name));
    expect(names({ ...options, imageIds: [3] })).toEqual(new Set(['scene-003.png']));
    const mos = plate.toCsv(study, options).rows.map((row) => Number(row[1]));
    expect(mos.some((value) => value >= 50)).toBe(true);
    expect(mos.some((value) => value < 50)).toBe(true);
  });

  test('asks for an attack that keeps its pictures where none did', () => {
    expect(plate.needs(buildStudy({ images: 3 }), { scored: 'float' })).toMatchObject([
      { runId: 1, attacks: [{ attackId: 'fgsm', run: { keepImages: 'all' } }] },
      { runId: 2 },
    ]);
  });
});
