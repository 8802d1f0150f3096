import type { FigureOptions, Study } from '../domain/study';
import { holm } from '../stats/wilcoxon';
import { countText, fixed } from '../study/format';
import { missingInStudy, needScores } from '../study/missing';
import { coverageNotes, provenanceNotes, scoredNote } from '../study/notes';
import { unfairNotes } from '../study/same-settings';
import { attackLabels, attackOf, pairsOf, twinNames } from '../study/select';
import {
  differenceResamples,
  twinDifferences,
  type TwinDifference,
} from '../study/twin-differences';
import { blank, notMeasured } from './lib/cells';
import type { Table, TableCell, TableDef, TableRow } from './lib/table';

const level = 0.05;

function toTable(study: Study, options: FigureOptions): Table {
  const pairs = pairsOf(study).filter(({ runs }) => runs.length === 2);
  const found = pairs.map((pair) => twinDifferences(study, pair, options));
  const tests = found.flat().filter(({ test }) => test !== null);
  const adjusted = holm(tests.map(({ test }) => test?.p ?? 1));
  const corrected = new Map(tests.map((each, i) => [each, adjusted[i] ?? 1]));
  /** Rows of all pairs, each once, in the order of the first pair that has them. */
  const keys = [...new Map(found.flat().map((each) => [keyOf(each), each])).values()];
  const rows = keys.map((key, i): TableRow => ({
    headers: [key.on, key.name],
    cells: found.flatMap((own) => {
      const each = own.find((candidate) => keyOf(candidate) === keyOf(key));
      return cellsOf(each, each && corrected.get(each));
    }),
    ...(i > 0 && keys[i - 1]?.on !== key.on && { startsPart: true }),
  }));
  const labels = options.attack === undefined ? attackLabels(study.runs) : [options.attack];
  return {
    id: 'significance',
    caption: `Differences between the twins of each pair, ${twinNames(study.runs)} minus baseline, and how sure they are.`,
    boldMeans: `the 95 % interval leaves out zero, or p is below ${level}`,
    headers: ['On', 'Measure'],
    columns: pairs.flatMap(({ label }) =>
      ['difference', '95 %', 'p'].map((name) => ({
        groups: [label],
        label: name,
        align: 'right' as const,
      })),
    ),
    rows,
    notes: [
      `${countText(found.flat().map(({ n }) => n))} images that both twins have.`,
      `In brackets: 95 % interval, paired bootstrap over images (percentile, ${differenceResamples}` +
        ' resamples, seed 1).',
      'p: two-sided signed-rank test of Wilcoxon on the per-image errors or changes, whose median' +
        ` difference is given; adjusted after Holm for the ${tests.length} tests of this table.`,
      'Both speak of other images for these two trainings, not of other trainings: for that, repeat the pair.',
      ...zeroNotes(found.flat()),
      scoredNote(options.scored),
      ...unfairNotes(pairs, labels),
      ...coverageNotes(
        labels.flatMap((label) => study.runs.map((run) => ({ run, batch: attackOf(run, label) }))),
      ),
      ...provenanceNotes(study, study.runs),
    ],
  };
}

function keyOf({ on, name }: TwinDifference): string {
  return `${on}\n${name}`;
}

function cellsOf(own: TwinDifference | undefined, p: number | undefined): TableCell[] {
  if (!own) return [notMeasured, blank, blank];
  const { interval, test } = own;
  if (test && p !== undefined) {
    const sure = p < level;
    return [
      { text: fixed(test.median, 3), value: test.median, ...(sure && { bold: true }) },
      blank,
      { text: p < 0.001 ? '< 0.001' : fixed(p, 3), value: p },
    ];
  }
  if (!interval)
    return [{ text: 'undefined', value: null, note: 'no spread to compare' }, blank, blank];
  const { estimate, low, high } = interval;
  const sure = low > 0 || high < 0;
  const range = `[${fixed(low, 3)}, ${fixed(high, 3)}]`;
  return [
    { text: fixed(estimate, 3), value: estimate, ...(sure && { bold: true }) },
    { text: range, value: range },
    blank,
  ];
}

function zeroNotes(found: readonly TwinDifference[]): string[] {
  const zeros = found.reduce((sum, { test }) => sum + (test?.zeros ?? 0), 0);
  return zeros === 0 ? [] : [`The tests leave out ${zeros} differences of exactly zero.`];
}

const table: TableDef = {
  id: 'significance',
  title: 'Significance of the differences',
  paper: null,
  choices: ['attack', 'scored'],
  needs: (study) => missingInStudy(study, needScores),
  toTable,
};

export default table;
