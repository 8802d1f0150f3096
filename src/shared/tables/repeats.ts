import type { FigureOptions, Study } from '../domain/study';
import { bootstrap, isInterval } from '../stats/bootstrap';
import type { Measured } from '../stats/measured';
import { mean, standardDeviation } from '../stats/quantiles';
import { fixed, listed } from '../study/format';
import { missingInStudy, needScores } from '../study/missing';
import { provenanceNotes, scoredNote } from '../study/notes';
import { repeatedMeasures, type Repeated } from '../study/repeats';
import { twinNames } from '../study/select';
import { seriesOf, type StudySeries } from '../study/series';
import { arrow, blank, notMeasured } from './lib/cells';
import type { Table, TableCell, TableColumn, TableDef, TableRow } from './lib/table';

const resamples = 1000;
/** Fewer repeats say nothing about how others would come out. */
const enough = 3;
const halves = ['base', 'twin', 'difference'] as const;
const statistics = ['mean', 'sd', '95 %'] as const;

/** One cell per statistic. */
type ThreeCells = readonly [TableCell, TableCell, TableCell];

function toTable(study: Study, options: FigureOptions): Table {
  const series = seriesOf(study);
  const measured = series.map((each) => repeatedMeasures(study, each, options));
  // Mean, deviation and interval stand below each other: side by side the table would be wider than any page.
  const body = (measured[0] ?? []).flatMap((first, row): TableRow[] => {
    const above = measured[0]?.[row - 1];
    const cells = measured.map((own) => cellsOf(own[row]));
    return statistics.map((statistic, i) => ({
      headers: [first.block, `${first.name} ${arrow[first.better]}`, statistic],
      cells: cells.flatMap((own) => own.map((three) => three[i] ?? blank)),
      ...(i === 0 && above && above.block !== first.block && { startsPart: true }),
    }));
  });
  return {
    id: 'repeats',
    caption:
      'Repeats of one pair: mean and standard deviation of every measure over the repeats, of the' +
      ` baselines, of their ${twinNames(study.runs)} twins and of the difference of each two twins.`,
    headers: ['On', 'Metric', 'Over repeats'],
    columns: series.flatMap(columnsOf),
    rows: body,
    notes: [
      ...series.map(repeatsNote),
      `95 %: interval of the mean (percentile bootstrap over repeats, the twins of a` +
        ` repeat drawn together, ${resamples} resamples, seed 1); none with fewer than ${enough} repeats.`,
      'Standard deviations (sd) divide by the number of repeats less one.',
      ...(body.some(({ headers }) => headers[0] !== 'clean') ? [scoredNote(options.scored)] : []),
      ...series.flatMap((each, i) => incompleteNotes(each, measured[i] ?? [])),
      ...provenanceNotes(study, study.runs),
    ],
  };
}

function columnsOf({ label, pairs }: StudySeries): TableColumn[] {
  const twin = twinNames(pairs.flatMap(({ runs }) => runs));
  const parts = ['base', twin, `${twin} \u2212 base`];
  return parts.map((part) => ({ groups: [label], label: part, align: 'right' as const }));
}

/** Mean, deviation and interval of the baselines, the twins and their differences. */
function cellsOf(measure: Repeated | undefined): ThreeCells[] {
  if (!measure) return halves.map(() => unmeasured);
  const { base, twin, digits } = measure;
  const both = base.flatMap((value, i) => {
    const other = twin[i] ?? null;
    return value === null || other === null ? [] : [other - value];
  });
  return [present(base), present(twin), both].map((values) => threeCells(values, digits));
}

const unmeasured: ThreeCells = [notMeasured, blank, blank];

function threeCells(values: readonly number[], digits: number): ThreeCells {
  if (values.length === 0) return unmeasured;
  return [
    number(mean(values), digits),
    number(standardDeviation(values), digits),
    interval(values, digits),
  ];
}

/** A value, or nothing where one repeat alone has no deviation. */
function number({ value }: Measured, digits: number): TableCell {
  return value === null ? blank : { text: fixed(value, digits), value };
}

function interval(values: readonly number[], digits: number): TableCell {
  if (values.length < enough) return blank;
  const drawn = (positions: Uint32Array): Measured =>
    mean(Array.from(positions, (i) => values[i] ?? Number.NaN));
  const result = bootstrap(values.length, drawn, { seed: 1, resamples });
  if (!isInterval(result)) return blank;
  const text = `[${fixed(result.low, digits)}, ${fixed(result.high, digits)}]`;
  return { text, value: text };
}

function present(values: readonly (number | null)[]): number[] {
  return values.flatMap((value) => value ?? []);
}

function repeatsNote({ label, over, pairs }: StudySeries): string {
  const what =
    over === 'seeds'
      ? `seeds ${listed(pairs.map(({ runs }) => String(runs[0]?.run.spec.seed)))}, one split`
      : `splits ${listed(pairs.map(({ runs }) => `\u201c${runs[0]?.split.name ?? ''}\u201d`))}, one seed`;
  return `${label}: ${pairs.length} repeats, ${what}.`;
}

/** Measures that some repeats lack, so that nobody takes a mean of three for a mean of five. */
function incompleteNotes({ label, pairs }: StudySeries, measured: readonly Repeated[]): string[] {
  return measured.flatMap(({ block, name, base, twin }) => {
    const counts = [present(base).length, present(twin).length];
    if (counts.every((count) => count === pairs.length || count === 0)) return [];
    const [of, and] = counts;
    return [`${label}, ${name} (${block}): ${of} baselines and ${and} twins of ${pairs.length}.`];
  });
}

const table: TableDef = {
  id: 'repeats',
  title: 'Repeats of a pair',
  paper: null,
  choices: ['attack', 'scored'],
  needs: (study) => {
    const missing = missingInStudy(study, needScores);
    if (study.runs.length === 0 || seriesOf(study).length > 0) return missing;
    const reason =
      'No repeats are chosen: train a pair several times, or choose every run of a series.';
    return [{ action: 'train', runId: null, reason }];
  },
  toTable,
};

export default table;
