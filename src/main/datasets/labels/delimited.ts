import { parse } from 'csv-parse/sync';
import { LabError } from '@shared/errors';

/** Field separators in the order in which they are believed; blanks come last because names may hold them. */
const delimiters = [';', '\t', '|', ','] as const;
const SAMPLE_LINES = 200;

/**
 * Decodes the text of a label file: UTF-8 or UTF-16 by byte order mark, else UTF-8, else Windows-1252, which is what
 * spreadsheets write where UTF-8 does not fit.
 */
export function decodeText(bytes: Uint8Array): { text: string; notes: string[] } {
  const marks = { 'utf-16le': [0xff, 0xfe], 'utf-16be': [0xfe, 0xff] };
  for (const [encoding, mark] of Object.entries(marks)) {
    if (mark.every((byte, i) => bytes[i] === byte)) {
      return { text: new TextDecoder(encoding).decode(bytes), notes: [] };
    }
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), notes: [] };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return {
      text: new TextDecoder('windows-1252').decode(bytes),
      notes: [
        'The label file is not UTF-8 and was read as Windows-1252; check names with accents.',
      ],
    };
  }
}

/**
 * Splits the text of a label file into rows of trimmed cells. The separator is the first of ; tab | , that gives every
 * sampled line the same two or more cells, else the most frequent such separator, else blanks.
 *
 * @throws LabError `unreadable-file` where quotes do not close
 */
export function parseDelimited(text: string, source: string): string[][] {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  const delimiter = guessDelimiter(lines.slice(0, SAMPLE_LINES));
  if (delimiter === ' ') return lines.map((line) => line.trim().split(/\s+/));
  try {
    return parse(text, {
      delimiter,
      bom: true,
      trim: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    });
  } catch (error) {
    throw new LabError(
      {
        kind: 'unreadable-file',
        message: `The label file "${source}" could not be split into columns: ${error instanceof Error ? error.message : String(error)}.`,
        safe: 'Nothing was imported.',
        next: 'Open it in a spreadsheet and save it as CSV (UTF-8).',
      },
      { cause: error },
    );
  }
}

/** True where every comma stands in a number such as 3,5 and blanks already divide each line alike. */
function hasDecimalCommas(lines: readonly string[]): boolean {
  const cells = lines.map((line) => line.trim().split(/\s+/));
  const even = cells.every((row) => row.length > 1 && row.length === cells[0]?.length);
  return even && cells.flat().every((cell) => !cell.includes(',') || /^[+-]?\d+,\d+$/.test(cell));
}

function guessDelimiter(lines: readonly string[]): string {
  const counts = delimiters.map((delimiter) => lines.map((line) => line.split(delimiter).length));
  const even = counts.findIndex(
    ([first = 1, ...others]) => first > 1 && others.every((count) => count === first),
  );
  if (delimiters[even] === ',' && hasDecimalCommas(lines)) return ' ';
  if (even >= 0) return delimiters[even] ?? ' ';
  const shares = counts.map((cells) => cells.filter((count) => count > 1).length / lines.length);
  const best = Math.max(...shares);
  return best > 0.9 ? (delimiters[shares.indexOf(best)] ?? ' ') : ' ';
}
