import { describe, expect, test } from 'vitest';
import type { FigureOptions, Study } from '@shared/domain/study';
import absoluteChange from '@shared/figures/absolute-change';
import beforeAfter from '@shared/figures/before-after';
import lossCurves from '@shared/figures/loss-curves';
import normDensity from '@shared/figures/norm-density';
import validationCurves from '@shared/figures/validation-curves';
import { printTheme } from '@shared/theme';
import { buildStudy, withRun } from '../../helpers/study';

const options: FigureOptions = { scored: 'float' };
const study = buildStudy();
const theme = printTheme('serif', 8, 10, { width: 2340, height: 2000 });

interface Series {
  type: string;
  name?: string;
  data?: unknown[];
  itemStyle?: { color: string; borderColor: string };
  lineStyle?: { type: unknown };
  yAxisIndex: number;
}
const seriesOf = (figure: typeof beforeAfter, from: Study, given = options): Series[] =>
  figure.toOption(from, given, theme).series as Series[];

describe('what a figure of an attack shows', () => {
  test('float and 8-bit scores are told apart in the marks and in the caption', () => {
    const after = (scored: FigureOptions['scored']): number[] =>
      (beforeAfter.points?.(study, { scored }) ?? []).map((point) => point.y);
    const rows = study.runs.flatMap((run) => run.attacks[0]?.rows ?? []);
    expect(after('float')).toEqual(rows.map((row) => row.attackedFloat));
    expect(after('eight-bit')).toEqual(rows.map((row) => row.attackedEightBit));
    expect(beforeAfter.caption(study, { scored: 'float' })).toContain('of the float image');
    expect(beforeAfter.caption(study, { scored: 'eight-bit' })).toContain('saved in 8 bit');
  });

  test('the baseline is hollow, its twin filled, each in its regime colour', () => {
    const [base, twin] = seriesOf(beforeAfter, study).filter(({ type }) => type === 'scatter');
    expect(base?.itemStyle).toMatchObject({
      color: 'transparent',
      borderColor: theme.regime.baseline,
    });
    expect(twin?.itemStyle).toMatchObject({ color: theme.regime.nt });
  });

  test('the takeaway follows the numbers, also when NT makes things worse', () => {
    const swapped = {
      ...study,
      pairs: study.pairs.map((pair) => ({ ...pair, baselineRunId: 2, ntRunId: 1 })),
    };
    expect(absoluteChange.caption(study, options)).toMatch(/^NT lowers the mean absolute/);
    expect(absoluteChange.caption(swapped, options)).toMatch(/^NT raises the mean absolute/);
  });

  test('an unfinished batch and a limited one are drawn and named', () => {
    const [attack] = study.runs[0]?.attacks ?? [];
    if (!attack) throw new Error('the fixture has an attack');
    const rows = attack.rows.slice(0, 10);
    const part = withRun(study, 0, { attacks: [{ ...attack, complete: false, rows }] });
    expect(beforeAfter.needs(part, options)).toEqual([]);
    expect(beforeAfter.caption(part, options)).toContain('Incomplete: 10 of 60 images for CNNIQA.');
    expect(beforeAfter.caption(part, options)).toContain('n = 10 and 60');
    const spec = { ...attack.spec, limit: 10 };
    const limited = withRun(study, 0, { attacks: [{ ...attack, spec, rows }] });
    expect(beforeAfter.caption(limited, options)).toContain(
      'The first 10 of 60 images only for CNNIQA.',
    );
  });

  test('an attack nobody ran is named with the job that would run it', () => {
    expect(beforeAfter.needs(study, { ...options, attack: 'UAP' })).toEqual([
      { action: 'attack', runId: 1, reason: 'CNNIQA has not been attacked with UAP.' },
      { action: 'attack', runId: 2, reason: 'CNNIQA +NT has not been attacked with UAP.' },
    ]);
  });

  test('scores beyond 0 to 100 widen the axis instead of leaving it', () => {
    const [attack] = study.runs[0]?.attacks ?? [];
    if (!attack) throw new Error('the fixture has an attack');
    const rows = attack.rows.map((row, i) => (i === 0 ? { ...row, attackedFloat: -37 } : row));
    const outside = withRun(study, 0, { attacks: [{ ...attack, rows }] });
    const { yAxis } = beforeAfter.toOption(outside, options, theme);
    expect(yAxis).toMatchObject([{ min: -40, max: 100 }, {}, {}]);
  });
});

describe('what a figure of norms shows', () => {
  test('the axis counts in a power of ten that its title names', () => {
    const { xAxis } = normDensity.toOption(study, options, theme);
    expect(xAxis).toMatchObject([
      { name: expect.stringContaining('10\u00b3 points') as string },
      {},
    ]);
    const highest = Math.max(...(normDensity.points?.(study, options) ?? []).map(({ x }) => x));
    expect(highest).toBeGreaterThan(1);
    expect(highest).toBeLessThan(100);
  });

  test('each density integrates to one in the unit of the axis', () => {
    const curves = seriesOf(normDensity, study).filter(({ type }) => type === 'line');
    expect(curves).toHaveLength(2);
    for (const { data } of curves) {
      const points = data as [number, number][];
      const area = points.slice(1).reduce((sum, [x, y], i) => {
        const [x0, y0] = points[i] ?? [0, 0];
        return sum + ((x - x0) * (y + y0)) / 2;
      }, 0);
      // Trapezoids over 200 points; the tails beyond three bandwidths hold below 0.3 %.
      expect(Math.abs(area - 1)).toBeLessThan(0.005);
    }
  });
});

describe('what a figure of training shows', () => {
  test('a baseline has no curve in the panel of the norm term', () => {
    const middle = seriesOf(lossCurves, study).filter(({ yAxisIndex }) => yAxisIndex === 1);
    expect(middle.map(({ name, data }) => [name, data?.length])).toEqual([
      ['CNNIQA', 0],
      ['CNNIQA +NT', 240],
    ]);
  });

  test('on a logarithmic axis a zero is a gap, never a point', () => {
    const [first, ...others] = study.runs[1]?.steps ?? [];
    if (!first) throw new Error('the fixture has steps');
    const steps = [{ ...first, normTerm: 0 }, ...others];
    const zero = withRun(study, 1, { steps });
    const logarithmic = { ...options, logY: true };
    const { yAxis } = lossCurves.toOption(zero, logarithmic, theme);
    expect(yAxis).toMatchObject([{ type: 'log' }, { type: 'log' }, { type: 'log' }]);
    const curve = seriesOf(lossCurves, zero, logarithmic).find(
      ({ yAxisIndex, name }) => yAxisIndex === 1 && name === 'CNNIQA +NT',
    );
    expect(curve?.data?.[0]).toEqual([1, '-']);
  });

  test('thinned steps are admitted', () => {
    const steps = (study.runs[0]?.steps ?? []).filter((_, i) => i % 2 === 1);
    const thinned = withRun(study, 0, { steps });
    expect(lossCurves.caption(thinned, options)).toContain(
      'CNNIQA: 120 of 240 steps drawn, evenly thinned.',
    );
    expect(lossCurves.caption(study, options)).not.toContain('thinned');
  });

  test('an undefined SROCC is a gap and is counted', () => {
    const epochs = (study.runs[0]?.epochs ?? []).map((epoch, i) =>
      i === 0 ? { ...epoch, validationSrocc: null } : epoch,
    );
    const gap = withRun(study, 0, { epochs });
    expect(validationCurves.caption(gap, options)).toContain('SROCC is undefined in 1 epoch');
    expect(seriesOf(validationCurves, gap)[0]?.data?.[0]).toEqual([1, '-']);
  });
});
