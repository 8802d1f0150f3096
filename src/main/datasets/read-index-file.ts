import { basename, extname } from 'node:path';
import * as v from 'valibot';
import { LabError } from '@shared/errors';
import { readPickledInts, type NestedInts } from '@shared/splits/pickle-list';
import { readLabelFile, readTable, type LabelTable } from './labels/read-table';
import { parseNumber } from './labels/numbers';

export interface IndexFile {
  /** Positions in the label file, 0-based. */
  readonly train: number[];
  readonly test: number[];
  /** The file's name, for the record. */
  readonly source: string;
}

/** Of a flat permutation, the share that is for training: what every released loader hard-codes. */
const TRAIN_SHARE = 0.8;

const Positions = v.array(v.pipe(v.number(), v.integer(), v.minValue(0)));
const Sides = v.object({ train: Positions, test: Positions });

/**
 * Reads a split from a file: JSON (`{"train": [...], "test": [...]}`, two lists, or one permutation of which the first
 * round(0.8 n) are for training), a pickle of the same lists (the authors' CLIVE_traintest_index.pkl), or a table with a
 * column of positions or image names and a column that says train or test.
 *
 * @param images positions and names of the data set, to translate names
 * @throws LabError `missing-file`, `unreadable-file` or `bad-input` saying what was expected
 */
export async function readIndexFile(
  path: string,
  images: readonly { readonly position: number; readonly name: string }[],
): Promise<IndexFile> {
  const source = basename(path);
  const extension = extname(path).toLowerCase();
  if (extension === '.json') return fromJson(await readLabelFile(path), source);
  if (['.pkl', '.pickle', '.p'].includes(extension)) {
    return fromLists(readPickledInts(await readLabelFile(path), source), source);
  }
  return fromTable(await readTable(path), images, source);
}

function fromJson(bytes: Buffer, source: string): IndexFile {
  let content: unknown;
  try {
    content = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw refusal(source, 'is not valid JSON', error);
  }
  const sides = v.safeParse(Sides, content);
  if (sides.success) return { ...sides.output, source };
  const lists = v.safeParse(v.array(v.union([v.number(), v.array(v.number())])), content);
  if (lists.success) return fromLists(lists.output, source);
  throw refusal(source, 'holds neither train and test lists nor a list of positions');
}

function fromLists(lists: NestedInts, source: string): IndexFile {
  const flat = v.safeParse(Positions, lists);
  if (flat.success) return fromPermutation(flat.output, source);
  const pair = v.safeParse(v.strictTuple([Positions, Positions]), lists);
  if (pair.success) return { train: pair.output[0], test: pair.output[1], source };
  throw refusal(source, 'holds neither one list of positions nor a training and a test list');
}

function fromPermutation(order: number[], source: string): IndexFile {
  const seen = new Set(order);
  const repeated = seen.size < order.length;
  if (repeated || order.some((position) => position >= order.length)) {
    const fromOne = !repeated && !seen.has(0) && seen.has(order.length);
    throw refusal(
      source,
      fromOne
        ? `counts from 1 to ${order.length}; positions count from 0`
        : `holds ${order.length} positions that are no order of 0 to ${order.length - 1}`,
    );
  }
  const count = Math.round(TRAIN_SHARE * order.length);
  return { train: order.slice(0, count), test: order.slice(count), source };
}

function fromTable(
  table: LabelTable,
  images: readonly { readonly position: number; readonly name: string }[],
  source: string,
): IndexFile {
  const { rows, columns } = table;
  if (columns.length === 1) {
    const order = rows.map(([cell = '']) => parseNumber(cell, '.') ?? Number.NaN);
    return fromLists(order, source);
  }
  const sideOf = (cell: string): 'train' | 'test' | null => {
    if (/^(train|training|val|valid|validation)$/i.test(cell)) return 'train';
    return /^(test|testing)$/i.test(cell) ? 'test' : null;
  };
  const sideAt = columns.findIndex((_, i) => rows.every((row) => sideOf(row[i] ?? '') !== null));
  if (sideAt < 0) {
    throw refusal(
      source,
      `has no column whose every cell says train or test (${columns.join(', ')})`,
    );
  }
  const positionOf = new Map(images.map(({ name, position }) => [name, position]));
  const toPosition = (cell: string): number | null =>
    positionOf.get(cell) ?? (/^\d+$/.test(cell) ? Number(cell) : null);
  const known = (at: number): number =>
    rows.filter((row) => toPosition(row[at] ?? '') !== null).length;
  const imageAt = columns
    .map((_, i) => i)
    .filter((i) => i !== sideAt)
    .reduce((best, i) => (known(i) > known(best) ? i : best), sideAt === 0 ? 1 : 0);
  const index: IndexFile = { train: [], test: [], source };
  for (const row of rows) {
    const cell = row[imageAt] ?? '';
    const position = toPosition(cell);
    if (position === null)
      throw refusal(source, `names "${cell}", which the data set does not have`);
    index[sideOf(row[sideAt] ?? '') ?? 'train'].push(position);
  }
  return index;
}

function refusal(source: string, what: string, cause?: unknown): LabError {
  return new LabError(
    {
      kind: 'bad-input',
      message: `The index file "${source}" ${what}.`,
      safe: 'No split was stored.',
      next: 'Use {"train": [...], "test": [...]} with positions that count from 0 in the order of the label file.',
    },
    { cause },
  );
}
