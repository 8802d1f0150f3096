import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FigureOptions, Study } from '@shared/domain/study';
import { figures, type FigureDef } from '@shared/figures';
import beforeAfter from '@shared/figures/before-after';
import lossCurves from '@shared/figures/loss-curves';
import normDensity from '@shared/figures/norm-density';
import type { FigureSize } from '@shared/rpc';
import { renderFigure } from '../../../src/main/export/figure';
import { buildStudy, withRun } from '../../helpers/study';
import { buildGrid } from '../../helpers/study-grid';
import { textBoxes } from '../../helpers/svg-text';

const options: FigureOptions = { scored: 'float' };
const pair = buildStudy();
const grid = buildGrid();
/** What a figure is drawn from here: those that one pair is too little for get four models. */
const studyOf = (def: FigureDef): Study => (def.needs(pair, options).length === 0 ? pair : grid);
const size: FigureSize = { widthIn: 3.25, heightIn: 3, fontPt: 8, font: 'serif', dpi: 150 };

const svgOf = async (
  def: typeof beforeAfter,
  from: Study = studyOf(def),
  change: Partial<FigureSize> = {},
): Promise<string> =>
  (await renderFigure(def, from, options, { ...size, ...change }, 'svg')).toString('utf8');

/** The study with its model called this. */
function named(title: string): Study {
  return pair.runs.reduce((made, _, i) => withRun(made, i, { modelTitle: title }), pair);
}

describe.each(figures)('$id as SVG', (def) => {
  const study = studyOf(def);

  // ECharts reports bad options on the console and draws on.
  const warn = vi.spyOn(console, 'warn');
  const error = vi.spyOn(console, 'error');
  beforeEach(() => {
    warn.mockClear();
    error.mockClear();
  });
  afterEach(() => {
    expect(warn).not.toHaveBeenCalled();
    expect(error).not.toHaveBeenCalled();
  });

  test('has its true size in points and text of the size asked for', async () => {
    const svg = await svgOf(def, study, { widthIn: 6.875, heightIn: 4, fontPt: 9 });
    expect(svg).toContain('width="495pt" height="288pt" viewBox="0 0 495 288"');
    const sizes = new Set(svg.match(/font-size="[^"]+"/g));
    expect([...sizes]).toEqual(['font-size="9"']);
  });

  test('carries attributes only: no style sheet, no class, no identifier that counts up', async () => {
    const svg = await svgOf(def);
    expect(svg).not.toMatch(/<style|style=|class=|zr\d|ecmeta|dominant-baseline|NaN|undefined/);
    expect(svg).toContain(`<title>${def.title}</title>`);
    expect(svg).toContain('(synthetic)');
  });

  test.each([
    ['serif', 8, 3.25],
    ['sans', 9, 3.25],
    ['sans', 8, 6.875],
  ] as const)(
    '%s %i pt at %f in: labels keep apart and on the page',
    async (font, fontPt, widthIn) => {
      const heightIn = def.size.heightIn * (widthIn / def.size.widthIn > 2 ? 1.5 : 1);
      const svg = await svgOf(def, study, { font, fontPt, widthIn, heightIn });
      const boxes = textBoxes(svg);
      expect(boxes.length).toBeGreaterThan(6);
      for (const box of boxes) {
        expect(box.left, box.text).toBeGreaterThanOrEqual(0);
        expect(box.top, box.text).toBeGreaterThanOrEqual(0);
        expect(box.right, box.text).toBeLessThanOrEqual(widthIn * 72);
        expect(box.bottom, box.text).toBeLessThanOrEqual(heightIn * 72);
        for (const other of boxes) {
          const apart =
            other === box ||
            other.left >= box.right ||
            other.right <= box.left ||
            other.top >= box.bottom ||
            other.bottom <= box.top;
          expect(apart, `"${box.text}" and "${other.text}"`).toBe(true);
        }
      }
    },
  );

  test('the same input gives the same bytes, whatever was drawn before', async () => {
    const first = await svgOf(def);
    await svgOf(lossCurves, study, { font: 'sans' });
    expect(await svgOf(def)).toBe(first);
    const png = await renderFigure(def, study, options, size, 'png');
    expect((await renderFigure(def, study, options, size, 'png')).equals(png)).toBe(true);
  });
});

describe('marks of an exported scatter', () => {
  test('stand where their scores are, to a tenth of a point', async () => {
    const svg = await svgOf(beforeAfter);
    const circles = [...svg.matchAll(/<circle cx="([^"]+)" cy="([^"]+)" r="([^"]+)"/g)].map(
      ([, cx, cy, r]) => ({ cx: Number(cx), cy: Number(cy), r: Number(r) }),
    );
    // Two in the legend.
    expect(circles).toHaveLength(122);
    const points = beforeAfter.points?.(pair, options) ?? [];
    const [first, far] = [points[0], points.reduce((a, b) => (b.x > a.x ? b : a))];
    const left = circles[0];
    const right = circles[points.indexOf(far)];
    if (!first || !left || !right) throw new Error('no marks');
    // Two marks fix the scale of the axis; every other one must agree with it.
    const perUnit = (right.cx - left.cx) / (far.x - first.x);
    points.forEach((point, i) => {
      const expected = left.cx + (point.x - first.x) * perUnit;
      // Coordinates are rounded to 0.001 pt, the scale is taken from two of them.
      expect(Math.abs((circles[i]?.cx ?? NaN) - expected)).toBeLessThan(0.1);
      expect(circles[i]?.r).toBeCloseTo(1.7, 6);
    });
  });

  test('hollow and filled marks carry the regime colours', async () => {
    const svg = await svgOf(beforeAfter);
    expect(svg.match(/<circle [^>]*fill="none" stroke="#17498A"/g)).toHaveLength(61);
    expect(svg.match(/<circle [^>]*fill="#D97706" stroke="#FFFFFF"/g)).toHaveLength(61);
  });

  test.each([1, 2, 3])('a model in slot %i has its own shape', async (slot) => {
    const shaped = pair.runs.reduce((made, _, i) => withRun(made, i, { slot }), pair);
    const svg = await svgOf(beforeAfter, shaped);
    expect(svg).not.toContain('<circle');
    expect(svg.match(/<path [^>]*fill="#D97706"/g)).toHaveLength(61);
  });
});

describe('names with characters that break files', () => {
  const awkward = 'A<b>&"c" \u00e4 \u753b\u8d28 \u03bb\u2081 {d|e} ]]> \u0007';

  test('survive in SVG as text', async () => {
    const svg = await svgOf(beforeAfter, named(awkward));
    expect(svg).toContain(
      '>A&lt;b&gt;&amp;&quot;c&quot; \u00e4 \u753b\u8d28 \u03bb\u2081 {d|e} ]]&gt; </text>',
    );
    expect(svg).not.toContain('\u0007');
  });

  test('do not stop a PNG from being drawn', async () => {
    const png = await renderFigure(normDensity, named(awkward), options, size, 'png');
    const { width } = await sharp(png).metadata();
    expect(width).toBe(488);
  });
});

describe('PNG', () => {
  test('has the pixels and the resolution asked for, on white, and is not empty', async () => {
    const png = await renderFigure(beforeAfter, pair, options, { ...size, dpi: 300 }, 'png');
    const { width, height, density } = await sharp(png).metadata();
    expect({ width, height, density }).toEqual({ width: 975, height: 900, density: 300 });
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    expect([data[0], data[1], data[2]]).toEqual([255, 255, 255]);
    let dark = 0;
    for (let i = 0; i < data.length; i += info.channels) if ((data[i] ?? 255) < 128) dark++;
    const share = dark / (info.width * info.height);
    // Axes, text and marks cover a few per cent of a page.
    expect(share).toBeGreaterThan(0.005);
    expect(share).toBeLessThan(0.2);
  });

  test('of an absurd size is refused before it is drawn', async () => {
    const huge = { ...size, widthIn: 20, heightIn: 20, dpi: 1200 };
    await expect(renderFigure(beforeAfter, pair, options, huge, 'png')).rejects.toMatchObject({
      kind: 'bad-input',
      message: expect.stringContaining('576 million pixels') as string,
    });
  });
});

describe('what cannot be made', () => {
  test('is refused with the missing ingredient and what makes it', async () => {
    const bare = withRun(pair, 1, { norms: null });
    await expect(renderFigure(normDensity, bare, options, size, 'svg')).rejects.toMatchObject({
      kind: 'not-found',
      message:
        '"Density of gradient norms" cannot be made yet: CNNIQA +NT has no gradient norms measured yet.',
      next: 'Measure the gradient norms of both twins first.',
    });
  });

  test('CSV carries the numbers of the drawing', async () => {
    const csv = (await renderFigure(beforeAfter, pair, options, size, 'csv')).toString('utf8');
    const lines = csv.trim().split('\r\n');
    expect(lines).toHaveLength(121);
    expect(lines[0]).toMatch(/^run,regime,image,mos_0_100,score_before_0_100,score_after_0_100/);
    const [attack] = pair.runs[0]?.attacks ?? [];
    expect(lines[1]).toContain(String(attack?.rows[0]?.attackedFloat));
  });
});
