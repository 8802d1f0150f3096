import type { FigureOptions, Study, StudyRun } from '../domain/study';
import { absoluteGain, relativeGain } from '../stats/gain';
import type { WithInterval } from '../stats/mean-interval';
import type { Vector } from '../stats/measured';
import { rangeUse } from '../stats/range-use';
import { robustnessScore } from '../stats/robustness-score';
import { energyScore, wassersteinScore } from '../stats/signed-distance';
import { countText, fixed } from '../study/format';
import { missingInStudy, needAttack } from '../study/missing';
import { coverageNotes, provenanceNotes, scoredNote } from '../study/notes';
import { attackPoints } from '../study/points';
import { attackLabels, attackOf, pairsOf } from '../study/select';
import { unfairNotes } from '../study/same-settings';
import { ssimGate, ssimShare } from '../study/ssim-share';
import { arrow, blank, notMeasured, regimeName, undefinedNotes } from './lib/cells';
import type { Table, TableCell, TableColumn, TableDef, TableRow } from './lib/table';

/** Signed measures say a direction, so neither of two is the better one. */
const measures: readonly {
  readonly name: string;
  readonly of: (before: Vector, after: Vector) => WithInterval;
}[] = [
  { name: 'Absolute gain', of: absoluteGain },
  { name: 'Relative gain', of: relativeGain },
  { name: `Robustness score ${arrow.higher}`, of: robustnessScore },
  { name: 'Wasserstein', of: wassersteinScore },
  { name: 'Energy distance', of: energyScore },
  { name: `RGO ${arrow.lower}`, of: rangeUse },
];

function toTable(study: Study, options: FigureOptions): Table {
  const pairs = pairsOf(study);
  const runs = pairs.flatMap((pair) => pair.runs);
  const labels = options.attack === undefined ? attackLabels(runs) : [options.attack];
  const body = labels.flatMap((label): TableRow[] => [
    ...measures.map(({ name, of }, i) => ({
      headers: [label, name],
      cells: runs.flatMap((run) => measured(run, label, options, of)),
      ...(i === 0 && { startsPart: true }),
    })),
    { headers: [label, 'SSIM > 0.9'], cells: runs.flatMap((run) => share(run, label)) },
  ]);
  const counts = labels.flatMap((label) =>
    runs.flatMap((run) => attackOf(run, label)?.rows.length ?? []),
  );
  return {
    id: 'gains',
    caption: 'Further measures of robustness: gains, robustness score and distances of scores.',
    headers: ['Attack', 'Measure'],
    columns: pairs.flatMap((pair) =>
      pair.runs.flatMap((run) =>
        ['value', '95 %'].map((label): TableColumn => ({
          groups: [pair.label, regimeName(run)],
          label,
          align: 'right',
        })),
      ),
    ),
    rows: body,
    notes: [
      scoredNote(options.scored),
      `${countText(counts)} images. Gains, robustness score and distances are those of the MSU` +
        ' benchmark, each run’s scores scaled so that its clean ones run from 0 to 1: two runs' +
        ' that use different parts of the scale are compared as if they used the same.',
      'Gains and distances carry the direction: an attack that raises low scores and lowers high' +
        ' ones can have a gain near zero and move every image. RGO is the share of the room each' +
        ' score had (0–100) that was used.',
      'Intervals: Student’s t for means, percentile bootstrap over images (1000 resamples, seed 1)' +
        ' for distances.',
      `SSIM > 0.9: share of images whose ${ssimGate.variant} with the original is above ${ssimGate.above}.`,
      ...unfairNotes(pairs, labels),
      ...undefinedNotes(body.flatMap((row) => row.cells)),
      ...coverageNotes(
        labels.flatMap((label) => runs.map((run) => ({ run, batch: attackOf(run, label) }))),
      ),
      ...provenanceNotes(study, study.runs),
    ],
  };
}

function measured(
  run: StudyRun,
  label: string,
  { scored }: FigureOptions,
  of: (before: Vector, after: Vector) => WithInterval,
): TableCell[] {
  const attack = attackOf(run, label);
  if (!attack) return [notMeasured, blank];
  const points = attackPoints(run, attack, scored);
  const found = of(
    points.map(({ before }) => before),
    points.map(({ after }) => after),
  );
  if (found.value === null) return [{ text: 'undefined', value: null, note: found.reason }, blank];
  const { value, low, high } = found;
  const cell = { text: fixed(value, 3), value };
  if (low === null || high === null) return [cell, blank];
  const text = `[${fixed(low, 3)}, ${fixed(high, 3)}]`;
  return [cell, { text, value: text }];
}

function share(run: StudyRun, label: string): TableCell[] {
  const attack = attackOf(run, label);
  if (!attack) return [notMeasured, blank];
  const found = ssimShare(attack);
  if (found.value === null) return [{ text: 'undefined', value: null, note: found.reason }, blank];
  return [{ text: `${fixed(100 * found.value, 1)} %`, value: found.value }, blank];
}

const table: TableDef = {
  id: 'gains',
  title: 'Gains and distances of scores',
  paper: null,
  choices: ['attack', 'scored'],
  needs: (study, options) => missingInStudy(study, needAttack(study.runs, options)),
  toTable,
};

export default table;
