import type { ImportReport } from '@shared/domain/dataset';

/** Everything an import left out, as CSV (RFC 4180) that a spreadsheet opens without running it. */
export function reportCsv(report: ImportReport): string {
  const rows = [
    ['kind', 'name', 'reason'],
    ...report.problems.map((problem) => [problem.kind, problem.name, problem.reason]),
    ...report.excluded.map((name) => ['excluded', name, 'left out by the data set itself']),
  ];
  return rows.map((row) => row.map(cell).join(',') + '\r\n').join('');
}

function cell(text: string): string {
  // A leading =, +, - or @ would be a formula in a spreadsheet.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
