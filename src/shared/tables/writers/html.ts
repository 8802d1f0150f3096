import {
  fullCaption,
  levels,
  partsBreak,
  partsOf,
  shownHeaders,
  spans,
  type Table,
} from '../lib/table';

const rule = 'border-top:1px solid';
const thick = 'border-top:1.5px solid';

/**
 * A table as an HTML fragment that word processors take over when it is pasted: real spanning
 * cells, styles in attributes because pasting drops style sheets, three horizontal rules.
 */
export function toHtml(table: Table): string {
  const lead = table.headers.length;
  const depth = levels(table);
  const headings = Array.from({ length: depth }, (_, level) => {
    const corner = level === 0 ? `<th colspan="${lead}" rowspan="${depth}"></th>` : '';
    const cells = spans(table, level).map(
      ({ text, count }) => `<th colspan="${count}" scope="colgroup">${escape(text)}</th>`,
    );
    return `<tr>${corner}${cells.join('')}</tr>`;
  });
  const labels = [
    ...table.headers.map((text) => heading(text, 'left')),
    ...table.columns.map(({ label, align }) => heading(label, align)),
  ].join('');
  const headers = shownHeaders(table);
  const body = table.rows.map(({ cells, startsPart }, i) => {
    const style = i === 0 ? ` style="${rule}"` : startsPart ? ` style="${rule} #999"` : '';
    const left = (headers[i] ?? []).map(
      (text) => `<th scope="row" style="text-align:left;font-weight:normal">${escape(text)}</th>`,
    );
    const right = cells.map((cell, k) => {
      const align = table.columns[k]?.align ?? 'left';
      const inner = partsOf(cell)
        .map(({ text, bold }) => (bold ? `<b>${escape(text)}</b>` : escape(text)))
        .join(partsBreak);
      return `<td style="text-align:${align}">${inner}</td>`;
    });
    return `<tr${style}>${left.join('')}${right.join('')}</tr>`;
  });
  return [
    '<meta charset="utf-8">',
    `<table cellpadding="3" style="border-collapse:collapse;${thick};border-bottom:1.5px solid">`,
    `<caption style="caption-side:top;text-align:left">${escape(fullCaption(table))}</caption>`,
    '<thead>',
    ...headings,
    `<tr>${labels}</tr>`,
    '</thead>',
    '<tbody>',
    ...body,
    '</tbody>',
    '</table>',
    ...table.notes.map((note) => `<p><small>${escape(note)}</small></p>`),
    '',
  ].join('\n');
}

function heading(text: string, align: string): string {
  return `<th scope="col" style="text-align:${align}">${escape(text)}</th>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
