import type { GridComponentOption, LegendComponentOption } from 'echarts';
import { describe, expect, test } from 'vitest';
import { findFigure } from '@shared/figures';
import { screenTheme } from '@shared/theme';
import { buildStudy } from '../../helpers/study';

const small = buildStudy({ images: 8, steps: 10, epochs: 4 });
const study = {
  ...small,
  runs: small.runs.map((run) => ({ ...run, modelTitle: 'EfficientNet-Lite0' })),
};

/** Figures of one pair with a legend above their plots. */
const withLegend = [
  'absolute-change',
  'before-after',
  'loss-curves',
  'mos-prediction',
  'norm-estimate',
  'quality-bands',
  'validation-curves',
];

/** ECharts takes one part or several. */
function listed(parts: unknown): unknown[] {
  return Array.isArray(parts) ? parts : [parts];
}

function laidOut(id: string, width: number) {
  const theme = screenTheme('light', undefined, 12, { width, height: 320 });
  const { legend, grid } = findFigure(id).toOption(study, { scored: 'float' }, theme);
  const lines = listed(legend) as LegendComponentOption[];
  const tops = (listed(grid) as GridComponentOption[]).map(({ top }) => Number(top));
  return { lines, top: Math.min(...tops), em: theme.fontSize };
}

describe.each(withLegend)('the legend of %s', (id) => {
  test('has one line where there is room', () => {
    expect(laidOut(id, 640).lines).toHaveLength(1);
  });

  test('breaks in a narrow chart, and the plots begin below its last line', () => {
    const wide = laidOut(id, 640);
    const { lines, top, em } = laidOut(id, 260);
    expect(lines.map(({ data }) => data?.length)).toEqual([1, 1]);
    const last = Number(lines[1]?.top);
    expect(last).toBeGreaterThan(Number(lines[0]?.top) + em);
    expect(top).toBeGreaterThanOrEqual(last + em);
    expect(top).toBeGreaterThan(wide.top);
  });
});

test('titles of stacked panels stand in line and are worded for the height of a panel', () => {
  const theme = screenTheme('light', undefined, 12, { width: 300, height: 260 });
  const { yAxis } = findFigure('validation-curves').toOption(study, { scored: 'float' }, theme);
  const axes = listed(yAxis) as { name?: string; nameGap?: number }[];
  expect(axes.map(({ name }) => name)).toEqual(['SROCC', 'RMSE (points)']);
  expect(new Set(axes.map(({ nameGap }) => nameGap)).size).toBe(1);
});
