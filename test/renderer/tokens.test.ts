import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { must } from '@shared/errors';
import { chartColours } from '@shared/theme';

const css = readFileSync(
  resolve(import.meta.dirname, '../../src/renderer/styles/tokens.css'),
  'utf8',
);
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);
const modes = ['light', 'dark'] as const;
const colour = (name: string, mode: 'light' | 'dark'): string =>
  must(tokens.get(name), `tokens.css names --${name}`)[mode];

/** Contrast ratio of two sRGB colours (WCAG 2.2, definitions of relative luminance and contrast). */
function contrast(a: string, b: string): number {
  const luminance = (hex: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const value = parseInt(hex.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

test.each(modes)('text of every weight is readable on page, pane and plate (%s)', (mode) => {
  for (const ink of ['ink', 'ink-2', 'ink-3', 'danger', 'warn', 'ok', 'accent']) {
    for (const ground of ['bg', 'surface', 'raised']) {
      const ratio = contrast(colour(ink, mode), colour(ground, mode));
      // WCAG 2.2, 1.4.3: 4.5:1 for text below 18 pt.
      expect(ratio, `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  }
  expect(contrast(colour('on-accent', mode), colour('accent', mode))).toBeGreaterThanOrEqual(4.5);
  expect(contrast(colour('ink-2', mode), colour('chosen', mode))).toBeGreaterThanOrEqual(4.5);
});

test.each(modes)('edges of controls and the two regimes stand out (%s)', (mode) => {
  for (const graphic of ['edge', 'baseline', 'nt']) {
    const ratio = contrast(colour(graphic, mode), colour('bg', mode));
    // WCAG 2.2, 1.4.11: 3:1 for graphics and control edges.
    expect(ratio, graphic).toBeGreaterThanOrEqual(3);
  }
});

test.each(modes)('the interface and its charts use one set of colours (%s)', (mode) => {
  const chart = chartColours[mode];
  expect(colour('ink', mode)).toBe(chart.ink.toLowerCase());
  expect(colour('raised', mode)).toBe(chart.background.toLowerCase());
  expect(colour('baseline', mode)).toBe(chart.regime.baseline.toLowerCase());
  expect(colour('nt', mode)).toBe(chart.regime.nt.toLowerCase());
});
