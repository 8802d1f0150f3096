import type { ImportProblem, LabelMapping, ScoreKind } from '@shared/domain/dataset';
import { LabError } from '@shared/errors';
import { nearest } from '@shared/params';
import type { LabelEntry } from '../importer';
import { guessDecimal, parseNumber } from './numbers';
import { looksLikePicture, type LabelTable } from './read-table';

/** Words by which headings are recognised, in several of the languages of published data sets. */
const words = {
  image: /image|img|file|name|photo|picture|pic\b|bild|datei|stimulus|distorted|dist/i,
  score: /d?mos|score|rating|quality|mean|bewertung|wertung|note|opinion/i,
  std: /std|s\.?d\.?$|dev|sigma|spread|streu|abweichung/i,
  group: /ref|group|content|scene|original|source|gruppe|szene|inhalt/i,
};

/** Scales that raters are commonly given; the narrowest that holds every rating is guessed. */
const scales = [
  [0, 1],
  [1, 5],
  [0, 5],
  [0, 9],
  [1, 10],
  [0, 10],
  [0, 100],
] as const;

const SAMPLE_ROWS = 500;

/**
 * Guesses which columns hold images, ratings, deviations and reference contents, from headings and content; null if no
 * column holds numbers or none is left for the images.
 */
export function guessMapping(table: LabelTable): LabelMapping | null {
  const sample = table.rows.slice(0, SAMPLE_ROWS);
  const columns = table.columns.map((name, i) => {
    const cells = sample.map((row) => row[i] ?? '').filter((cell) => cell !== '');
    const decimal = guessDecimal(cells);
    const share = (test: (cell: string) => boolean): number =>
      cells.length === 0 ? 0 : cells.filter(test).length / cells.length;
    return {
      name,
      decimal,
      numeric: share((cell) => parseNumber(cell, decimal) !== null) > 0.5,
      pictures: share(looksLikePicture),
    };
  });
  type Column = (typeof columns)[number];
  const named = (pattern: RegExp, among: readonly Column[]): Column | undefined =>
    among.find(({ name }) => pattern.test(name));

  const pictures = columns.filter(({ pictures: share }) => share > 0.5);
  const notReference = pictures.filter(({ name }) => !words.group.test(name));
  const image =
    named(words.image, notReference) ??
    notReference[0] ??
    pictures[0] ??
    named(words.image, columns) ??
    columns.find(({ numeric }) => !numeric);
  const numbers = columns.filter((column) => column.numeric && column !== image);
  const ratings = numbers.filter(({ name }) => !words.std.test(name));
  const score = named(/d?mos/i, ratings) ?? named(words.score, ratings) ?? ratings[0];
  if (!image || !score) return null;
  const std = named(
    words.std,
    numbers.filter((column) => column !== score),
  );
  const group = named(
    words.group,
    columns.filter((column) => column !== image && column !== score && column !== std),
  );
  return {
    image: image.name,
    score: score.name,
    ...(std ? { std: std.name } : {}),
    ...(group ? { group: group.name } : {}),
    scoreKind: guessKind(score.name),
    ...guessScale(ratingsOf(table, score.name, score.decimal)),
    decimal: score.decimal,
  };
}

function guessKind(heading: string): ScoreKind {
  return /dmos|differ/i.test(heading) ? 'dmos' : 'mos';
}

function ratingsOf(table: LabelTable, column: string, decimal: LabelMapping['decimal']): number[] {
  const at = table.columns.indexOf(column);
  return table.rows
    .map((row) => parseNumber(row[at] ?? '', decimal))
    .filter((value) => value !== null);
}

function guessScale(ratings: readonly number[]): { scoreMin: number; scoreMax: number } {
  const lowest = ratings.reduce((a, b) => Math.min(a, b), Infinity);
  const highest = ratings.reduce((a, b) => Math.max(a, b), -Infinity);
  const scale = scales.find(([min, max]) => min <= lowest && highest <= max);
  return scale
    ? { scoreMin: scale[0], scoreMax: scale[1] }
    : { scoreMin: Math.floor(lowest), scoreMax: Math.ceil(highest) };
}

/**
 * Reads every row of a table through a mapping. Rows that cannot be used become problems and keep their position, so
 * that index files stay valid.
 *
 * @throws LabError `bad-input` for a column that does not exist (naming those that do) or an impossible range
 */
export function readEntries(
  table: LabelTable,
  mapping: LabelMapping,
): { entries: LabelEntry[]; problems: ImportProblem[] } {
  const at = (column: string, what: string): number => {
    const index = table.columns.indexOf(column);
    if (index >= 0) return index;
    throw missingColumn(column, what, table.columns);
  };
  const image = at(mapping.image, 'file names');
  const score = at(mapping.score, 'ratings');
  const std = mapping.std === undefined ? null : at(mapping.std, 'standard deviations');
  const group = mapping.group === undefined ? null : at(mapping.group, 'reference contents');
  const { scoreMin, scoreMax, decimal } = mapping;
  if (!(scoreMin < scoreMax)) {
    throw new LabError({
      kind: 'bad-input',
      message: `The range of ratings must rise, got ${scoreMin} to ${scoreMax}.`,
      safe: 'Nothing was imported.',
      next: 'Enter the lowest and the highest rating the raters could give.',
    });
  }
  const entries: LabelEntry[] = [];
  const problems: ImportProblem[] = [];
  for (const [position, row] of table.rows.entries()) {
    const name = row[image] ?? '';
    const cell = row[score] ?? '';
    const value = parseNumber(cell, decimal);
    const shownName = name === '' ? `row ${position + 1}` : name;
    if (name === '') {
      problems.push({
        kind: 'unmatched-label',
        name: shownName,
        reason: 'the row names no picture',
      });
    } else if (value === null) {
      const mark = decimal === '.' ? 'point' : 'comma';
      const reason = `"${cell}" is not a number with a decimal ${mark}`;
      problems.push({ kind: 'bad-score', name: shownName, reason });
    } else if (value < scoreMin || value > scoreMax) {
      const reason = `the rating ${value} is outside ${scoreMin} to ${scoreMax}`;
      problems.push({ kind: 'bad-score', name: shownName, reason });
    } else {
      const key = group === null ? '' : (row[group] ?? '');
      entries.push({
        position,
        name,
        score: value,
        std: std === null ? null : parseNumber(row[std] ?? '', decimal),
        group: key === '' ? null : key,
      });
    }
  }
  return { entries, problems };
}

function missingColumn(column: string, what: string, columns: readonly string[]): LabError {
  const near = nearest(column, columns);
  const list = columns.map((name) => `"${name}"`).join(', ');
  return new LabError({
    kind: 'bad-input',
    message: `The label file has no column "${column}" for the ${what}; its columns are ${list}.`,
    safe: 'Nothing was imported.',
    next: near ? `Did you mean "${near}"?` : 'Choose one of the columns that exist.',
  });
}
