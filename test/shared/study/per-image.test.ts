import { describe, expect, it } from 'vitest';
import type { FigureOptions } from '@shared/domain/study';
import { findFigure } from '@shared/figures';
import { mean } from '@shared/stats/quantiles';
import { attackMeasures } from '@shared/study/measures';
import { imageMeasures, type imageMeasureColumns } from '@shared/study/per-image';
import { attackOf } from '@shared/study/select';
import { findTable } from '@shared/tables';
import { buildStudy } from '../../helpers/study';

const study = buildStudy({ images: 20 });
const options: FigureOptions = { scored: 'float' };
const { columns, rows } = findFigure('before-after').toCsv(study, options);

/** One column of the data file, of the baseline's images. */
function column(name: (typeof imageMeasureColumns)[number]): number[] {
  const [run, k] = [columns.indexOf('run'), columns.indexOf(name)];
  return rows.filter((row) => row[run] === 'demo baseline').map((row) => Number(row[k]));
}

describe('the measures of single images in the data file of a figure', () => {
  it.each([
    ['absolute_gain_clean_0_1', 'Absolute gain'],
    ['relative_gain_clean_0_1', 'Relative gain'],
    ['robustness_score_log10', 'Robustness score \u2191'],
    ['range_use_0_1', 'RGO \u2193'],
  ] as const)('%s average to the table\u2019s %s', (name, measure) => {
    const table = findTable('gains').toTable(study, options);
    const row = table.rows.find(({ headers }) => headers[1] === measure);
    // The same values in the same order: the sums are equal but for rounding of the last bit.
    expect(mean(column(name)).value).toBeCloseTo(Number(row?.cells[0]?.value), 12);
  });

  it('of R average to R', () => {
    const [run] = study.runs;
    if (!run) throw new Error('the study has a run');
    const batch = attackOf(run, 'FGSM, eps 0.005');
    const { r } = attackMeasures(run, batch, 'float').r;
    expect(mean(column('r_log10')).value).toBeCloseTo(Number(r.value), 12);
  });

  it('are empty where the clean scores are all equal, so that there is no scale of their own', () => {
    const point = { imageId: 1, runId: 1, name: 'a', mos: 50 };
    const [first] = imageMeasures([
      { ...point, before: 50, after: 40 },
      { ...point, before: 50, after: 60 },
    ]);
    expect(first).toEqual([-10, Math.log10(5), null, null, null, 0.2]);
  });
});
