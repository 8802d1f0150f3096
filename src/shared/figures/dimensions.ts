import type { EChartsOption } from 'echarts';
import type { FigureOptions, Study, StudyAttack, StudyRun } from '../domain/study';
import { listed } from '../study/format';
import { missingInStudy, needAttack } from '../study/missing';
import { provenanceNotes } from '../study/notes';
import { regimeLabel } from '../study/models';
import {
  attackLabels,
  attackOf,
  pairsOf,
  runLabelIn,
  twinNames,
  regimeText,
} from '../study/select';
import type { ChartTheme } from '../theme';
import { hiddenAxis, placesAxis } from './lib/axes';
import { originColumns, originOf } from './lib/csv';
import type { DataTable, FigureDef } from './lib/figure';
import { keyLegend, markStyle, regimeKeys } from './lib/keys';
import { base, line, markerShape, marks, notes, regimeColour, type Note } from './lib/marks';
import { sentences } from './lib/sentences';

/** One cell: what is stored of one row's results for one run. */
interface Cell {
  readonly run: StudyRun;
  readonly state: 'complete' | 'partial' | 'missing';
  readonly images: number;
}

interface Row {
  readonly label: string;
  /** Null for what is no attack. */
  readonly access: StudyAttack['access'] | null;
  readonly cells: readonly Cell[];
}

/** What every cell is measured by, in full and in brief: the third dimension of the paper's experiment. */
const measures = [
  ['MOS or before against after: RMSE, SROCC, PLCC, KROCC', 'RMSE, SROCC, PLCC, KROCC'],
  ['before against after: R; over images: gradient norms', 'R, gradient norms'],
] as const;

function drawn(study: Study): { runs: readonly StudyRun[]; rows: readonly Row[] } {
  // Twins beside their baseline; a baseline that several pairs share stands once.
  const runs = [...new Set(pairsOf(study).flatMap((pair) => pair.runs))];
  const kinds = kindsOf(runs).map(({ label, access, labels }): Row => ({
    label,
    access,
    cells: runs.map((run) => {
      const each = labels.map((own) => cell(run, attackOf(run, own)));
      const states = new Set(each.map(({ state }) => state));
      const state = states.size === 1 ? (each[0]?.state ?? 'missing') : 'partial';
      return { run, state, images: each.reduce((sum, { images }) => sum + images, 0) };
    }),
  }));
  const others: Row[] = [
    { label: 'no attack', access: null, cells: runs.map((run) => cell(run, run.scores)) },
    { label: 'gradient norms', access: null, cells: runs.map((run) => cell(run, run.norms)) },
  ];
  return { runs, rows: runs.length === 0 ? [] : [...others, ...kinds] };
}

/** Attacks by kind: with its settings where there is one of them, with their number where several. */
function kindsOf(
  runs: readonly StudyRun[],
): { label: string; access: StudyAttack['access'] | null; labels: readonly string[] }[] {
  const byKind = new Map<string, { batch: StudyAttack; labels: string[] }>();
  for (const label of attackLabels(runs)) {
    const batch = runs.map((run) => attackOf(run, label)).find((each) => each !== null);
    if (!batch) continue;
    const known = byKind.get(batch.spec.attackId);
    if (known) known.labels.push(label);
    else byKind.set(batch.spec.attackId, { batch, labels: [label] });
  }
  return [...byKind.values()].map(({ batch, labels }) => ({
    label: labels.length === 1 ? batch.label : `${batch.title}, ${labels.length} settings`,
    access: batch.access,
    labels,
  }));
}

function cell(run: StudyRun, batch: Batch | null): Cell {
  const images = batch?.rows.length ?? 0;
  const state = images === 0 ? 'missing' : batch?.complete ? 'complete' : 'partial';
  return { run, state, images };
}

type Batch = { readonly complete: boolean; readonly rows: readonly unknown[] };

function toOption(study: Study, _options: FigureOptions, theme: ChartTheme): EChartsOption {
  const { runs, rows } = drawn(study);
  if (runs.length === 0) return base(theme);
  const em = theme.fontSize;
  const canvas = theme.canvas ?? { width: 60 * em, height: 40 * em };
  const letter = (theme.fontFamily.startsWith('Tinos') ? 0.46 : 0.53) * em;
  const names = rows.map(({ label, access }) => (access === 'black-box' ? `${label}*` : label));
  const longest = Math.max(...names.map((name) => name.length));
  const left = Math.min(0.45 * canvas.width, longest * letter + em);
  const fits = Math.floor((left - em) / letter);
  const key = keyLegend(theme, regimeKeys(theme, runs, 'mark'), 0.5 * em);
  const pitch = (canvas.width - left - 1.5 * em) / runs.length;
  const models = groups(runs);
  const stagger = models.some(({ text, count }) => text.length * 0.52 * em > count * pitch);
  const head = key.height + (stagger ? 2.8 : 1.5) * em;
  const foot = (1.5 * measures.length + 0.6) * em;
  const share = (length: number, of: number): string | number =>
    theme.canvas ? length : `${((100 * length) / of).toFixed(3)}%`;
  const y = { min: -0.5, max: rows.length - 0.5, step: 1 };
  /** Rows read downwards. */
  const at = (row: number): number => rows.length - 1 - row;
  return {
    ...base(theme),
    grid: {
      show: false,
      outerBoundsMode: 'none',
      left: share(left, canvas.width),
      right: 1.5 * em,
      top: share(head, canvas.height),
      bottom: share(foot, canvas.height),
    },
    legend: key.legend,
    xAxis: { ...placesAxis(theme, runs.length, { title: '' }), axisLine: { show: false } },
    yAxis: hiddenAxis(y, 0),
    series: [
      ...key.series,
      // A hairline under what is no attack.
      line(theme, {
        data: [
          [-0.5, at(1) - 0.5],
          [runs.length - 0.5, at(1) - 0.5],
        ],
        colour: theme.inkMuted,
        weight: 0.4,
      }),
      ...runs.flatMap((run, x) =>
        (['complete', 'partial'] as const).map((state) =>
          marks(theme, {
            name: regimeLabel(run),
            data: rows.flatMap(({ cells }, row) =>
              cells[x]?.state === state ? [[x, at(row)] as const] : [],
            ),
            symbol: markerShape(run.slot),
            style: markStyle(theme, regimeColour(run, theme), run.run.regime !== 'baseline'),
            scale: state === 'complete' ? 1.3 : 0.7,
          }),
        ),
      ),
      notes(theme, [
        ...rows.flatMap(({ cells }, row) =>
          cells.flatMap(({ state }, x): Note[] =>
            state === 'missing'
              ? [{ text: '\u2013', x, y: at(row), colour: theme.inkMuted, position: 'inside' }]
              : [],
          ),
        ),
        ...names.map((name, row): Note => ({
          text: name.length > fits ? `${name.slice(0, Math.max(1, fits - 1))}\u2026` : name,
          x: -0.5,
          y: at(row),
          colour: theme.ink,
          position: 'left',
        })),
        ...models.map(({ text, middle }, i): Note => ({
          text,
          x: middle,
          // Neighbouring names that would touch stand on two lines.
          y: y.max + (stagger && i % 2 === 1 ? (1.3 * em * rows.length) / plotHeight() : 0),
          colour: theme.ink,
          position: 'top',
        })),
        ...measures.map(([full, brief], i): Note => ({
          text: full.length * letter > canvas.width - em ? brief : full,
          x: (canvas.width / 2 - left) / pitch - 0.5,
          y: y.min - ((1.5 * i + 0.1) * em * rows.length) / plotHeight(),
          colour: theme.inkMuted,
          position: 'bottom',
        })),
      ]),
    ],
  };

  function plotHeight(): number {
    return canvas.height - head - foot;
  }
}

/** Neighbouring runs of one model, for the names above the columns. */
function groups(runs: readonly StudyRun[]): { text: string; middle: number; count: number }[] {
  const found: { text: string; first: number; count: number }[] = [];
  runs.forEach((run, i) => {
    const last = found.at(-1);
    if (last?.text === run.modelTitle) last.count++;
    else found.push({ text: run.modelTitle, first: i, count: 1 });
  });
  return found.map(({ text, first, count }) => ({ text, count, middle: first + (count - 1) / 2 }));
}

function toCsv(study: Study): DataTable {
  const { runs } = drawn(study);
  const batches = runs.flatMap((run) => [
    { run, label: 'no attack', access: null, batch: run.scores },
    { run, label: 'gradient norms', access: null, batch: run.norms },
    ...attackLabels(runs).map((label) => {
      const batch = attackOf(run, label);
      return { run, label, access: batch?.access ?? null, batch };
    }),
  ]);
  return {
    columns: ['results', 'access', 'model', 'run', 'regime', 'state', 'images', ...originColumns],
    rows: batches.map(({ run, label, access, batch }) => {
      const { state, images } = cell(run, batch);
      const { modelTitle } = run;
      return [
        label,
        access,
        modelTitle,
        run.run.name,
        regimeText(run),
        state,
        images,
        ...originOf(run),
      ];
    }),
  };
}

/** "2 models in 4 runs, 3 attacks (1 black-box)". */
function sizes(runs: readonly StudyRun[], rows: readonly Row[]): string {
  const models = new Set(runs.map(({ modelTitle }) => modelTitle)).size;
  const attacks = rows.filter(({ access }) => access !== null);
  const black = attacks.filter(({ access }) => access === 'black-box').length;
  const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
  return `${many(models, 'model')} in ${many(runs.length, 'run')}, ${many(attacks.length, 'attack')}${black > 0 ? ` (${black} black-box)` : ''}`;
}

const figure: FigureDef = {
  id: 'dimensions',
  title: 'Dimensions of the experiment',
  paper: 'Fig. 3',
  size: { widthIn: 3.25, heightIn: 2.6 },
  choices: [],
  // What is missing is what the figure shows; only without any attack there is nothing to show.
  needs: (study, options) =>
    study.runs.some((run) => run.attacks.some(({ rows }) => rows.length > 0))
      ? []
      : missingInStudy(study, needAttack(study.runs, options)),
  toOption,
  toCsv: (study) => toCsv(study),
  caption(study) {
    const { runs, rows } = drawn(study);
    if (runs.length === 0) return '';
    const cells = rows.flatMap((row) => row.cells);
    const missing = cells.filter(({ state }) => state === 'missing').length;
    const partial = cells.filter(({ state }) => state === 'partial').length;
    const pairs = pairsOf(study);
    return sentences([
      `What is in the study: ${sizes(runs, rows)}.`,
      'One column per run, one row per kind of attack; a mark is a stored result (shape: model; hollow:',
      `baseline, filled: ${twinNames(runs)})${partial > 0 ? '; small: not finished, or not in all settings' : ''}${missing > 0 ? '; dash: missing' : ''}.`,
      rows.some(({ access }) => access === 'black-box') ? '* Black-box attack.' : null,
      `Runs from left to right: ${listed(runs.map((run) => runLabelIn(pairs, run)))}.`,
      ...provenanceNotes(study, runs),
    ]);
  },
  summary(study) {
    const { runs, rows } = drawn(study);
    if (runs.length === 0) return 'No run is chosen.';
    const cells = rows.flatMap((row) => row.cells);
    const done = cells.filter(({ state }) => state === 'complete').length;
    return `Grid of ${sizes(runs, rows)}; ${done} of ${cells.length} results are complete.`;
  },
};

export default figure;
