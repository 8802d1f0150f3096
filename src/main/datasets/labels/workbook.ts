import { unzipSync } from 'fflate';
import { LabError } from '@shared/errors';

/** A workbook is a ZIP archive; one that claims to unpack to more than this is taken for a bomb. */
const MAX_UNPACKED_BYTES = 400_000_000;

/**
 * Reads the first sheet of an Excel workbook that has cells, as rows of texts; numbers are written with a point.
 *
 * @param bytes the whole .xlsx file
 * @throws LabError `unreadable-file` (damaged, no cells) or `unsupported` (too large)
 */
export async function readWorkbook(
  bytes: Uint8Array,
  source: string,
): Promise<{ rows: string[][]; notes: string[] }> {
  refuseBombs(bytes, source);
  // Loaded on demand: it is large, and most data sets come with a text file.
  const { default: ExcelJs } = await import('exceljs');
  const workbook = new ExcelJs.Workbook();
  try {
    const copy = new Uint8Array(bytes);
    await workbook.xlsx.load(copy.buffer);
  } catch (error) {
    throw damaged(source, error);
  }
  const filled = workbook.worksheets.filter((sheet) => sheet.actualRowCount > 0);
  const [sheet] = filled;
  if (!sheet) throw damaged(source, 'it has no filled sheet');
  const rows: string[][] = [];
  sheet.eachRow((row) => {
    const cells = Array.from({ length: sheet.columnCount }, (_, i) =>
      cellText(row.getCell(i + 1).value),
    );
    if (cells.some((cell) => cell !== '')) rows.push(cells);
  });
  const notes =
    filled.length > 1
      ? [`The workbook has ${filled.length} filled sheets; "${sheet.name}" was read.`]
      : [];
  return { rows, notes };
}

/** What a person sees in a cell: the result of a formula, the text of a link, the plain text of rich text. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object') return '';
  if ('richText' in value && Array.isArray(value.richText)) {
    return value.richText.map((part: { text?: unknown }) => cellText(part.text)).join('');
  }
  if ('result' in value) return cellText(value.result);
  if ('text' in value) return cellText(value.text);
  return '';
}

function refuseBombs(bytes: Uint8Array, source: string): void {
  let unpacked = 0;
  try {
    unzipSync(bytes, {
      filter: ({ originalSize }) => {
        unpacked += originalSize;
        return false;
      },
    });
  } catch (error) {
    throw damaged(source, error);
  }
  if (unpacked <= MAX_UNPACKED_BYTES) return;
  throw new LabError({
    kind: 'unsupported',
    message: `The workbook "${source}" claims to unpack to ${unpacked} bytes; up to ${MAX_UNPACKED_BYTES} are read.`,
    safe: 'Nothing was unpacked or imported.',
    next: 'Save the sheet with the ratings as CSV.',
  });
}

function damaged(source: string, cause: unknown): LabError {
  const reason = typeof cause === 'string' ? cause : 'it is not a readable .xlsx file';
  return new LabError(
    {
      kind: 'unreadable-file',
      message: `The workbook "${source}" could not be read: ${reason}.`,
      safe: 'Nothing was imported.',
      next: 'Open it in a spreadsheet and save it again as .xlsx, or as CSV.',
    },
    { cause },
  );
}
