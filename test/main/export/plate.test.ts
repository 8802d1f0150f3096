import { describe, expect, it } from 'vitest';
import { decodeImageBytes } from '../../../src/imaging/decode';
import { renderPlate, type Plate } from '../../../src/main/export/plate';

/** Two plain pictures of 40 x 20, one red and one blue. */
const plain = (red: number, blue: number) => ({
  width: 40,
  height: 20,
  data: Uint8Array.from({ length: 2400 }, (_, i) => [red, 0, blue][i % 3] ?? 0),
});
const plate: Plate = {
  heading: 'FGSM, epsilon 0.005 <&>',
  pictures: [
    { image: plain(255, 0), under: ['Original', 'MOS 63.5'], corner: null },
    { image: plain(0, 255), under: ['CNNIQA', '72.1 → 95.0'], corner: 'SSIM 0.995' },
  ],
};
const size = { widthIn: 2, fontPt: 8, font: 'serif', dpi: 100 } as const;

describe('a plate', () => {
  it('is a drawing of true width whose text stays text', async () => {
    const svg = (await renderPlate(plate, size, 'svg')).toString();
    expect(svg).toContain('width="144pt"');
    expect(svg).toContain('FGSM, epsilon 0.005 &lt;&amp;&gt;');
    expect(svg).toContain('72.1 → 95.0');
    expect(svg.match(/<image /g)).toHaveLength(2);
    expect(svg).not.toContain('<style');
    expect((await renderPlate(plate, size, 'svg')).toString()).toBe(svg);
  });

  it('shows the pictures side by side, none of their pixels mixed', async () => {
    const png = await decodeImageBytes(await renderPlate(plate, size, 'png'), 'plate.png');
    expect(png.width).toBe(200);
    const at = (x: number, y: number) => [
      ...png.data.subarray((y * png.width + x) * 3).slice(0, 3),
    ];
    // 70 pt wide each, from 12 pt on: their middles lie at 35 and 109 pt across, 25 pt down.
    const pixel = (pt: number): number => Math.round((pt * 100) / 72);
    expect(at(pixel(35), pixel(25))).toEqual([255, 0, 0]);
    expect(at(pixel(109), pixel(25))).toEqual([0, 0, 255]);
    // The similarity stands on white in the lower right corner.
    expect(at(pixel(143), pixel(38))).toEqual([255, 255, 255]);
  });
});
