import { levels, shownHeaders, spans, type Table } from '../lib/table';

const gap = '  ';
/** Width of a terminal that notes are broken for. */
const lineWidth = 100;

/** A table as aligned plain text for a terminal: caption above, notes below, no colour. */
export function toText(table: Table): string {
  const headers = shownHeaders(table);
  const labels = [...table.headers, ...table.columns.map(({ label }) => label)].map(oneLine);
  const body = table.rows.map((row, i) =>
    [...(headers[i] ?? []), ...row.cells.map(({ text }) => text)].map(oneLine),
  );
  const lead = table.headers.length;
  const widths = labels.map((label, k) =>
    [label, ...body.map((cells) => cells[k] ?? '')].reduce(
      (widest, text) => Math.max(widest, displayWidth(text)),
      0,
    ),
  );
  const groups = Array.from({ length: levels(table) }, (_, level) =>
    spans(table, level).map(({ text, count }) => ({ text: oneLine(text), count })),
  );
  for (const level of groups) widen(widths, level, lead);
  const rightAligned = (k: number): boolean => table.columns[k - lead]?.align === 'right';
  const lineOf = (cells: readonly string[]): string =>
    cells.map((text, k) => pad(text, widths[k] ?? 0, rightAligned(k) ? 'right' : 'left')).join(gap);
  const total = widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1);
  const rule = '\u2500'.repeat(total);
  const headings = groups.map((level) => {
    let first = lead;
    const cells = level.map(({ text, count }) => {
      const width = spanWidth(widths, first, count);
      first += count;
      return pad(text, width, 'centre');
    });
    return [...widths.slice(0, lead).map((width) => ' '.repeat(width)), ...cells].join(gap);
  });
  const lines = body.flatMap((cells, i) => [
    ...(table.rows[i]?.startsPart && i > 0 ? [''] : []),
    lineOf(cells),
  ]);
  return [
    ...wrapped(table.caption),
    rule,
    ...headings,
    lineOf(labels),
    rule,
    ...lines,
    rule,
    ...table.notes.flatMap(wrapped),
    '',
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Makes the columns under a heading that is longer than they are together wide enough for it. */
function widen(
  widths: number[],
  groups: readonly { text: string; count: number }[],
  lead: number,
): void {
  let first = lead;
  for (const { text, count } of groups) {
    const lacking = displayWidth(text) - spanWidth(widths, first, count);
    for (let i = 0; i < lacking; i++) {
      const k = first + (i % count);
      widths[k] = (widths[k] ?? 0) + 1;
    }
    first += count;
  }
}

function spanWidth(widths: readonly number[], first: number, count: number): number {
  const own = widths.slice(first, first + count).reduce((sum, width) => sum + width, 0);
  return own + gap.length * (count - 1);
}

function pad(text: string, width: number, side: 'left' | 'right' | 'centre'): string {
  const lacking = Math.max(0, width - displayWidth(text));
  if (side === 'left') return text + ' '.repeat(lacking);
  if (side === 'right') return ' '.repeat(lacking) + text;
  const before = Math.floor(lacking / 2);
  return ' '.repeat(before) + text + ' '.repeat(lacking - before);
}

/** Cells a terminal uses: East Asian wide characters take two, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    width += /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\uff01-\uff60]/u.test(character)
      ? 2
      : 1;
  }
  return width;
}

/** Names are other people's text: a line break would tear the table, an escape sequence act. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ');
}

function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of oneLine(text).split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last === '') lines[lines.length - 1] = word;
    else if (displayWidth(last) + 1 + displayWidth(word) <= lineWidth)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
