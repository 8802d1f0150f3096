import { fullCaption, partsBreak, partsOf, shownHeaders, type Table } from '../lib/table';

/**
 * A table as GitHub-flavoured Markdown: caption above, headings joined into one line because the
 * format has no spanning cells, notes below.
 */
export function toMarkdown(table: Table): string {
  const columns = table.columns.map(({ groups, label }) => [...groups, label].join(' / '));
  const aligns = [
    ...table.headers.map(() => ':--'),
    ...table.columns.map(({ align }) => (align === 'right' ? '--:' : ':--')),
  ];
  const headers = shownHeaders(table);
  const rows = table.rows.map((row, i) => [
    ...(headers[i] ?? []).map(escape),
    ...row.cells.map((cell) =>
      partsOf(cell)
        .map(({ text, bold }) => (bold ? `**${escape(text)}**` : escape(text)))
        .join(partsBreak),
    ),
  ]);
  const lines = [[...table.headers, ...columns].map(escape), aligns, ...rows];
  return [
    escape(fullCaption(table)),
    '',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...table.notes.map((note) => `- ${escape(note)}`),
    '',
  ].join('\n');
}

/** Keeps text from ending a cell or being read as markup. */
function escape(text: string): string {
  return text
    .replaceAll(/\s*[\r\n]+\s*/g, ' ')
    .replaceAll(/[\\`*_{}[\]<>#|~]/g, (character) => `\\${character}`);
}
