import { describe, expect, test } from 'vitest';
import { parseFont, textWidth, isCovered } from '../../../src/main/export/fonts';
import { withResolution } from '../../../src/main/export/png';
import { placedMark, scaledPath } from '../../../src/main/export/svg-geometry';
import { writeSvg } from '../../../src/main/export/svg';
import { renderTable } from '../../../src/main/export/table';
import clean from '@shared/tables/clean';
import { buildStudy, withRun } from '../../helpers/study';

const page = { widthPt: 100, heightPt: 50, title: 't', description: 'd', unitsPerPt: 10 };
const plain = (value: number): string => String(Math.round(value * 1000) / 1000);

describe('text is measured with the bundled outlines', () => {
  test('digits of Tinos are half an em wide, as those of Times New Roman', () => {
    const font = parseFont("normal normal 80px Tinos, 'Times New Roman'");
    expect(textWidth('0123456789', font)).toBe(400);
    expect(font).toEqual({ family: 'Tinos', style: '400Regular', size: 80 });
  });

  test('weight, slant and family are read from the font list', () => {
    expect(parseFont('italic 700 8.5px Arimo, Arial')).toEqual({
      family: 'Arimo',
      style: '700Bold_Italic',
      size: 8.5,
    });
    expect(() => parseFont('bold Arimo')).toThrow('no size in px');
  });

  test('a character without an outline counts one em and is known to be missing', () => {
    const font = parseFont('10px Arimo');
    expect(textWidth('\u753b', font)).toBe(10);
    expect(isCovered('\u753b', font)).toBe(false);
    expect(isCovered('\u2113\u2081 \u03bb \u00e4 10\u00b3 \u2212', font)).toBe(true);
  });
});

describe('geometry', () => {
  test('an arc that returns to its start is a circle, wherever it stands', () => {
    const matrix = { a: 17, b: 0, c: 0, d: 17, e: 500, f: 300 };
    expect(placedMark('M1 0A1 1 0 1 1 1 -0.0001', matrix, 0.1)).toEqual({
      kind: 'circle',
      factor: 17,
      cx: 50,
      cy: 30,
      r: 1.7000000000000002,
    });
    expect(placedMark('M30 4A10 10 0 1 1 30 3.999', null, 0.1)).toMatchObject({
      kind: 'circle',
      cx: 2,
      cy: 0.4,
      r: 1,
    });
  });

  test('a half circle stays a path', () => {
    expect(placedMark('M1 0A1 1 0 1 1 -1 0', null, 1)).toMatchObject({ kind: 'path' });
  });

  test('curves, relative lines and closing are scaled, flags are not', () => {
    expect(scaledPath('M10 20L30 40l5 -5C1 2 3 4 5 6A20 10 0 1 0 7 8Z', 0.1, plain)).toBe(
      'M1 2L3 4l0.5 -0.5C0.1 0.2 0.3 0.4 0.5 0.6A2 1 0 1 0 0.7 0.8Z',
    );
  });

  test('a turned path keeps its matrix', () => {
    expect(placedMark('M0 0L1 1', { a: 0, b: 1, c: -1, d: 0, e: 0, f: 0 }, 1)).toBeNull();
  });
});

describe('an element without a plain form is an error, never a wrong picture', () => {
  test.each([
    [{ tag: 'foreignObject', attrs: {} }, 'element <foreignObject>'],
    [{ tag: 'rect', attrs: { filter: 'url(#x)' } }, 'attribute filter'],
    [{ tag: 'rect', attrs: { transform: 'skewX(3)' } }, 'transform "skewX(3)"'],
  ])('%o', (node, message) => {
    const root = { tag: 'svg', attrs: {}, children: [node] };
    expect(() => writeSvg(root, page)).toThrow(message);
  });
});

test('a resolution is written behind the header with a valid checksum', () => {
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  const png = Buffer.concat([signature, Buffer.alloc(25, 1), Buffer.from('rest')]);
  const made = withResolution(png, 300);
  expect(made.subarray(0, 33)).toEqual(png.subarray(0, 33));
  expect(made.subarray(37, 41).toString('latin1')).toBe('pHYs');
  // 300 dpi are 11811 pixels per metre.
  expect([made.readUInt32BE(41), made.readUInt32BE(45), made[49]]).toEqual([11811, 11811, 1]);
  expect(made.subarray(54).toString('latin1')).toBe('rest');
});

describe('tables as files', () => {
  test('are the text of their writer in UTF-8', () => {
    const text = renderTable(clean, buildStudy(), { scored: 'float' }, 'latex').toString('utf8');
    expect(text).toContain('\\toprule');
    expect(text).toContain('SROCC $\\uparrow$');
  });

  test('are refused with the missing ingredient', () => {
    const bare = withRun(buildStudy(), 0, { scores: null });
    expect(() => renderTable(clean, bare, { scored: 'float' }, 'csv')).toThrow(
      'cannot be made yet: CNNIQA has no scores on the test images yet.',
    );
  });
});
