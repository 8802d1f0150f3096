import { inflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { FigureOptions, Study } from '@shared/domain/study';
import { figures } from '@shared/figures';
import beforeAfter from '@shared/figures/before-after';
import plate from '@shared/figures/plate';
import type { FigureSize } from '@shared/rpc';
import { renderFigure } from '../../../src/main/export/figure';
import { operand } from '../../../src/main/export/pdf/file';
import { pathOperators } from '../../../src/main/export/pdf/path';
import { readSvg } from '../../../src/main/export/pdf/svg-tree';
import { svgToPdf } from '../../../src/main/export/pdf';
import { systemFaceFor } from '../../../src/main/export/system-faces';
import { buildStudy, withRun } from '../../helpers/study';
import { buildGrid } from '../../helpers/study-grid';
import { askTool, hasTool } from '../../helpers/tools';

const options: FigureOptions = { scored: 'float' };
const pair = buildStudy();
const grid = buildGrid();
const size: FigureSize = { widthIn: 3.25, heightIn: 3, fontPt: 8, font: 'serif', dpi: 300 };
const studyOf = (def: (typeof figures)[number]): Study =>
  def.needs(pair, options).length === 0 ? pair : grid;
const pdfOf = (def: (typeof figures)[number], change: Partial<FigureSize> = {}, from?: Study) =>
  renderFigure(def, from ?? studyOf(def), options, { ...size, ...change }, 'pdf');

/** A page of 100 x 50 pt in the plain form of the SVG writers. */
const page = (body: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="100pt" height="50pt">\n<title>t &amp; u</title>\n${body}\n</svg>\n`;

/** Streams of the file, unpacked where they are packed. */
function streams(pdf: Buffer): string[] {
  const text = pdf.toString('latin1');
  return [...text.matchAll(/\/Length (\d+) ([^\n]*)>>\nstream\n/g)].map((match) => {
    const start = match.index + match[0].length;
    const bytes = pdf.subarray(start, start + Number(match[1]));
    return (match[2] ?? '').includes('FlateDecode') ? inflateSync(bytes).toString('latin1') : '';
  });
}
const contentOf = async (body: string) => streams(await svgToPdf(page(body)))[0] ?? '';

describe.each(figures)('$id as PDF', (def) => {
  test('has its true size, no Type 3 font, no date, and the same bytes again', async () => {
    const change = { widthIn: 6.875, heightIn: 4.5, fontPt: 9, font: 'sans' } as const;
    const first = await pdfOf(def, change);
    const text = first.toString('latin1');
    expect(text.startsWith('%PDF-1.4\n')).toBe(true);
    expect(text).toContain('/MediaBox [0 0 495 324]');
    expect(text).toContain('/Subtype /CIDFontType2');
    expect(text).not.toMatch(/\/Type3|\/CreationDate|\/ModDate|NaN|undefined/);
    await pdfOf(beforeAfter);
    expect((await pdfOf(def, change)).equals(first)).toBe(true);
  });
});

describe('the file', () => {
  test('lists every object where it lies', async () => {
    const pdf = await pdfOf(beforeAfter);
    const text = pdf.toString('latin1');
    const start = Number(/startxref\n(\d+)/.exec(text)?.[1]);
    const offsets = [...text.slice(start).matchAll(/^(\d{10}) 00000 n /gm)].map(([, at]) =>
      Number(at),
    );
    expect(offsets.length).toBeGreaterThan(8);
    offsets.forEach((at, i) => {
      expect(text.slice(at, at + 12)).toMatch(new RegExp(`^${i + 1} 0 obj`));
    });
  });

  test('of 2 x 232 marks stays below 500 kB', async () => {
    const many = buildStudy({ images: 232 });
    expect((await pdfOf(beforeAfter, {}, many)).length).toBeLessThan(500e3);
  });

  test('never writes a number with an exponent or a minus zero', () => {
    expect([1e-7, -1e-7, 1 / 3, 12345678.9, -2.5].map(operand)).toEqual([
      '0',
      '0',
      '0.3333',
      '12345678.9',
      '-2.5',
    ]);
    expect(() => operand(NaN)).toThrow('no number');
  });
});

describe('geometry', () => {
  test('lines, curves and closing are taken over; relative and quadratic ones made absolute and cubic', () => {
    expect(pathOperators('M1 2L3 4l1 -1C1 2 3 4 5 6Q8 6 8 9Z').split('\n')).toEqual([
      '1 2 m',
      '3 4 l',
      '4 3 l',
      '1 2 3 4 5 6 c',
      // A quadratic curve from 5 6 by 8 6 to 8 9, its degree raised: two thirds of the way to the control point.
      '7 6 8 7 8 9 c',
      'h',
    ]);
  });

  test.each([
    // Half a circle of radius 10 about the origin, both ways round.
    ['M-10 0A10 10 0 0 1 10 0', [0, -10]],
    ['M-10 0A10 10 0 0 0 10 0', [0, 10]],
  ])('an arc stays on its circle: %s', (d, [x, y]) => {
    const numbers = pathOperators(d)
      .split('\n')
      .map((line) => (line.match(/-?[\d.]+/g) ?? []).map(Number));
    const ends = numbers.map((values) => values.slice(-2));
    // Two quarter turns: the middle one ends at the top or at the bottom.
    expect(ends).toHaveLength(3);
    expect(ends[1]?.[0]).toBeCloseTo(x ?? NaN, 6);
    expect(ends[1]?.[1]).toBeCloseTo(y ?? NaN, 6);
    expect(ends[2]).toEqual([10, 0]);
  });

  test('an unknown command, element or colour is an error, never a wrong picture', async () => {
    expect(() => pathOperators('M0 0S1 1 2 2')).toThrow('command S');
    await expect(svgToPdf(page('<ellipse cx="1" cy="1"/>'))).rejects.toThrow('<ellipse>');
    await expect(svgToPdf(page('<rect fill="url(#x)"/>'))).rejects.toThrow('colour url(#x)');
    await expect(svgToPdf(page('<g transform="skewX(3)"></g>'))).rejects.toThrow('skewX');
    expect(() => readSvg('<svg><g></svg>')).toThrow('closes <g>');
  });
});

describe('what is painted', () => {
  test('the page is turned over once, so that SVG coordinates hold', async () => {
    expect(await contentOf('')).toBe('1 0 0 -1 0 50 cm\n');
  });

  test('fill, line, dashes and opacity are those of the SVG', async () => {
    const content = await contentOf(
      '<rect x="1" y="2" width="3" height="4" fill="#ff0000" fill-opacity="0.5" stroke="rgb(0, 0, 255)" stroke-width="0.5" stroke-dasharray="3 2"/>',
    );
    expect(content.split('\n').slice(1, -1)).toEqual([
      'q',
      '/G1 gs',
      '1 0 0 rg',
      '0 0 1 RG',
      '0.5 w',
      '4 M',
      '[3 2] 0 d',
      '1 2 3 4 re',
      'B',
      'Q',
    ]);
  });

  test('a clip holds for what stands in it and ends with it', async () => {
    const content = await contentOf(
      '<defs>\n<clipPath id="clip-0">\n<path d="M0 0L5 0L5 5Z" fill="#000"/>\n</clipPath>\n</defs>\n<g clip-path="url(#clip-0)">\n<circle cx="1" cy="1" r="1"/>\n</g>',
    );
    const lines = content.split('\n');
    expect(lines.indexOf('W n')).toBeGreaterThan(lines.indexOf('5 5 l'));
    expect(lines.filter((line) => line === 'q')).toHaveLength(2);
    expect(lines.filter((line) => line === 'Q')).toHaveLength(2);
  });

  test('text keeps its place, its kerning and its words', async () => {
    const pdf = await svgToPdf(
      page('<text x="50" y="20" text-anchor="middle" font-family="Tinos" font-size="8">AV</text>'),
    );
    const [content = '', ...others] = streams(pdf);
    // Kerned closer by 129 thousandths, as Times New Roman is: half of 8 * (0.722 * 2 - 0.129) left of 50.
    expect(content).toMatch(/1 0 0 -1 44\.7[34]\d* 20 Tm/);
    expect(content).toMatch(/\[<0001>12[89][\d.]*<0002>\] TJ/);
    const texts = others.find((stream) => stream.includes('beginbfchar')) ?? '';
    expect(texts).toContain('<0001> <0041>\n<0002> <0056>');
  });

  test('pixels of a picture are taken over untouched, as PNG has them or decoded', async () => {
    const raw = Buffer.from(Array.from({ length: 2 * 2 * 3 }, (_, i) => i * 20));
    const picture = sharp(raw, { raw: { width: 2, height: 2, channels: 3 } });
    const plain = await picture.clone().png().toBuffer();
    const palette = await picture.clone().png({ palette: true }).toBuffer();
    const image = (bytes: Buffer) =>
      `<image x="0" y="0" width="9" height="9" href="data:image/png;base64,${bytes.toString('base64')}"/>`;
    const [own = ''] = streams(await svgToPdf(page(image(plain))));
    // One byte for the filter of each row, then its pixels.
    expect(own).toHaveLength(2 * (1 + 6));
    const [packed = ''] = streams(await svgToPdf(page(image(palette))));
    expect([...Buffer.from(packed, 'latin1')]).toEqual([...raw]);
  });
});

/** A snowman: no bundled face has one, some of the system's do (DejaVu, Symbola). */
const foreign = systemFaceFor('\u2603');

describe.skipIf(!foreign)('a character that only a face of the system has', () => {
  test('is drawn in that face, embedded beside ours, its text behind it', async () => {
    const pdf = await svgToPdf(
      page('<text x="1" y="9" font-family="Tinos" font-size="8">a \u2603 b</text>'),
    );
    const text = pdf.toString('latin1');
    expect(text.match(/\/Type \/FontDescriptor/g)).toHaveLength(2);
    expect(streams(pdf).join('')).toContain('<2603>');
  });
});

describe.skipIf(!hasTool('pdffonts'))('as pdffonts sees it', () => {
  test('the font is a TrueType subset, embedded, with its text', async () => {
    const { out } = askTool('pdffonts', ['a.pdf'], { 'a.pdf': await pdfOf(beforeAfter) });
    const rows = out.trim().split('\n').slice(2);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatch(/^[A-Z]{6}\+Tinos-Regular +CID TrueType +Identity-H +yes yes yes/);
  });
});

describe.skipIf(!hasTool('pdftotext'))('as pdftotext sees it', () => {
  test('every label of the SVG can be found and selected', async () => {
    for (const def of figures) {
      const whole = { ...size, ...def.size };
      const from = studyOf(def);
      const svg = (await renderFigure(def, from, options, whole, 'svg')).toString('utf8');
      const labels = [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)]
        // Turned text comes out in pieces, in an order that is the tool's own.
        .filter(([, attrs = '']) => !attrs.includes('transform="matrix'))
        .map(([, , text = '']) => text);
      const pdf = await renderFigure(def, from, options, whole, 'pdf');
      const { out } = askTool('pdftotext', ['-raw', 'a.pdf', '-'], { 'a.pdf': pdf });
      const found = out.normalize('NFKC').replaceAll(/\s+/g, '');
      for (const label of labels) {
        const wanted = label.normalize('NFKC').replaceAll(/\s+/g, '');
        expect(found, `"${label}" in ${def.id}`).toContain(wanted);
      }
    }
  });

  test('awkward names survive, also where no face has their outlines', async () => {
    const awkward = 'A<b>&"c" \u00e4 \u753b\u8d28 \u03bb\u2081 {d|e} ]]>';
    const named = pair.runs.reduce((made, _, i) => withRun(made, i, { modelTitle: awkward }), pair);
    const pdf = await pdfOf(beforeAfter, { widthIn: 6.875 }, named);
    const { out } = askTool('pdftotext', ['-raw', 'a.pdf', '-'], { 'a.pdf': pdf });
    expect(out).toContain(awkward);
  });
});

describe.skipIf(!hasTool('pdftoppm'))('as pdftoppm draws it', () => {
  test('it shows what the PNG shows', async () => {
    const [png, pdf] = [
      await renderFigure(beforeAfter, pair, options, { ...size, dpi: 100 }, 'png'),
      await pdfOf(beforeAfter),
    ];
    const args = ['-r', '100', '-png', '-singlefile', 'a.pdf', 'page'];
    const { made } = askTool('pdftoppm', args, { 'a.pdf': pdf }, 'page.png');
    const grey = (bytes: Buffer) => sharp(bytes).removeAlpha().greyscale().raw().toBuffer();
    const [drawn, wanted] = [await grey(made ?? Buffer.alloc(0)), await grey(png)];
    expect(drawn).toHaveLength(wanted.length);
    const total = wanted.reduce((sum, value, i) => sum + Math.abs(value - (drawn[i] ?? 0)), 0);
    // Two rasterisers smooth edges differently: 4 grey levels of 255 on average at 100 dpi, while a
    // page without its marks differs by 11.
    expect(total / wanted.length).toBeLessThan(6);
  });

  test('an image plate holds its pictures', async () => {
    const source = async () => {
      const made = sharp({ create: { width: 8, height: 8, channels: 3, background: '#00ff00' } });
      return { buffer: await made.png().toBuffer(), contentType: 'image/png' };
    };
    const from = buildGrid(12);
    const chosen = { ...options, attack: 'FGSM, eps 0.005' };
    const pdf = await renderFigure(plate, from, chosen, { ...size, heightIn: 5 }, 'pdf', source);
    // One picture, put in as often as it is drawn.
    expect(pdf.toString('latin1').match(/\/Subtype \/Image/g)).toHaveLength(1);
    expect(
      streams(pdf)
        .join('')
        .match(/\/P1 Do/g),
    ).toHaveLength(6);
  });
});
