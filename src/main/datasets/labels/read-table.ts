import { open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { pictureExtensions } from '@imaging/format';
import { LabError } from '@shared/errors';
import { decodeText, parseDelimited } from './delimited';
import { parseNumber } from './numbers';
import { readWorkbook } from './workbook';

/** A label file as columns and rows of texts. */
export interface LabelTable {
  /** Unique names; "column 1", "column 2" ... where the file has no heading. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

/** Extensions of label tables, lower case. */
export const tableExtensions = ['.csv', '.tsv', '.txt', '.xlsx'] as const;

const MAX_BYTES = 100_000_000;

/**
 * Reads a CSV, TSV, TXT or XLSX label file.
 *
 * @throws LabError `missing-file`, `unreadable-file` or `unsupported`
 */
export async function readTable(path: string): Promise<LabelTable> {
  const source = basename(path);
  const extension = extname(path).toLowerCase();
  const bytes = await readLabelFile(path);
  const workbook = extension === '.xlsx' || startsWith(bytes, 'PK');
  if (startsWith(bytes, '\u00d0\u00cf\u0011\u00e0')) {
    throw refusal('unsupported', `"${source}" is a workbook of Excel 97 to 2003 (.xls)`);
  }
  const { rows, notes } = workbook ? await readWorkbook(bytes, source) : readText(bytes, source);
  if (rows.length === 0) throw refusal('unreadable-file', `"${source}" holds no rows`);
  return { ...withHeading(rows), notes };
}

/** The bytes of a label file of plausible size. */
export async function readLabelFile(path: string): Promise<Buffer> {
  const source = basename(path);
  let file;
  try {
    file = await open(path, 'r');
    const stat = await file.stat();
    if (!stat.isFile()) throw refusal('unreadable-file', `"${path}" is not a file`);
    if (stat.size > MAX_BYTES) throw refusal('unsupported', `"${source}" has ${stat.size} bytes`);
    return await file.readFile();
  } catch (error) {
    if (error instanceof LabError) throw error;
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing) throw refusal('missing-file', `"${path}" does not exist`);
    throw refusal('unreadable-file', `"${path}" could not be opened`, error);
  } finally {
    await file?.close();
  }
}

function readText(bytes: Buffer, source: string): { rows: string[][]; notes: string[] } {
  if (
    bytes.subarray(0, 4096).includes(0) &&
    !startsWith(bytes, '\u00ff\u00fe') &&
    !startsWith(bytes, '\u00fe\u00ff')
  ) {
    throw refusal('unsupported', `"${source}" is a binary file, no table`);
  }
  const { text, notes } = decodeText(bytes);
  return { rows: parseDelimited(text, source), notes };
}

function startsWith(bytes: Buffer, text: string): boolean {
  return bytes.subarray(0, text.length).toString('latin1') === text;
}

/**
 * Takes the first row as heading unless it looks like the others: it has a number where they have one, or a picture's
 * name.
 */
function withHeading(rows: readonly string[][]): Pick<LabelTable, 'columns' | 'rows'> {
  const width = Math.max(...rows.map((row) => row.length));
  const [first = [], ...others] = rows.map((row) =>
    Array.from({ length: width }, (_, i) => row[i] ?? ''),
  );
  const isNumber = (cell: string): boolean =>
    parseNumber(cell, '.') !== null || parseNumber(cell, ',') !== null;
  const isHeading = !first.some(looksLikePicture) && !first.some(isNumber);
  if (!isHeading) {
    return { columns: first.map((_, i) => `column ${i + 1}`), rows: [first, ...others] };
  }
  return { columns: uniqueNames(first), rows: others };
}

/** True for a text that ends like the name of a picture file. */
export function looksLikePicture(cell: string): boolean {
  const extension = extname(cell.trim()).toLowerCase();
  return pictureExtensions.some((known) => known === extension);
}

function uniqueNames(heading: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return heading.map((cell, i) => {
    const name = cell === '' ? `column ${i + 1}` : cell;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

function refusal(
  kind: 'missing-file' | 'unreadable-file' | 'unsupported',
  what: string,
  cause?: unknown,
): LabError {
  return new LabError(
    {
      kind,
      message: `The label file ${what}.`,
      safe: 'Nothing was imported.',
      next: 'Choose a CSV, TSV, TXT or XLSX file with one row per picture.',
    },
    { cause },
  );
}
