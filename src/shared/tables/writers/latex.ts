import {
  fullCaption,
  levels,
  partsBreak,
  partsOf,
  shownHeaders,
  spans,
  type Table,
} from '../lib/table';

/**
 * A table as LaTeX with booktabs rules and nothing else: caption above, no vertical rules, bold as
 * \textbf. Compiles with pdflatex as long as names are Latin.
 */
export function toLatex(table: Table): string {
  const lead = table.headers.length;
  const format = [
    'l'.repeat(lead),
    ...table.columns.map(({ align }, i) => (align === 'right' ? 'r' : leftColumn(table, i))),
  ].join('');
  const headings = Array.from({ length: levels(table) }, (_, level) => {
    const groups = spans(table, level);
    const cells = groups.map(({ text, count }) =>
      count === 1 ? latexText(text) : `\\multicolumn{${count}}{c}{${latexText(text)}}`,
    );
    return `${row([...blanks(lead), ...cells])}\n${rules(groups, lead)}`;
  });
  const headers = shownHeaders(table);
  const width = widthOf(table, headers);
  const environment = width > columnWidth ? 'table*' : 'table';
  const body = table.rows.flatMap(({ cells, startsPart }, i) => [
    ...(startsPart && i > 0 ? ['\\addlinespace'] : []),
    row([
      ...(headers[i] ?? []).map(latexText),
      ...cells.map((cell) =>
        partsOf(cell)
          .map(({ text, bold }) => (bold ? `\\textbf{${latexText(text)}}` : latexText(text)))
          .join(partsBreak),
      ),
    ]),
  ]);
  return [
    '% \\usepackage{booktabs}',
    `\\begin{${environment}}[t]`,
    '\\centering',
    ...(width > pageWidth ? ['\\footnotesize\\setlength{\\tabcolsep}{3pt}'] : []),
    `\\caption{${latexText(fullCaption(table))}}`,
    `\\label{tab:${table.id}}`,
    `\\begin{tabular}{${format}}`,
    '\\toprule',
    ...headings,
    row([...table.headers, ...table.columns.map(({ label }) => label)].map(latexText)),
    '\\midrule',
    ...body,
    '\\bottomrule',
    '\\end{tabular}',
    '\\par\\smallskip',
    `\\begin{minipage}{\\linewidth}\\footnotesize ${table.notes.map(latexText).join(' ')}\\end{minipage}`,
    `\\end{${environment}}`,
    '',
  ].join('\n');
}

/** Characters of a text that is set in lines of its own, and the width of those in em. */
const longText = 40;
const lineEm = 16;

/** A column of sentences is broken into lines; one of words is as wide as they are. */
function leftColumn({ rows }: Table, i: number): string {
  const long = rows.some(({ cells }) => (cells[i]?.text.length ?? 0) > longText);
  return long ? `p{${lineEm}em}` : 'l';
}

/** Of one column and of the page of a two-column paper, in points: 3.25 and 6.875 in. */
const [columnWidth, pageWidth] = [234, 495];

/** What the table takes in 10 pt type, in points, with half an em for a character: a guess on the safe side. */
function widthOf({ headers: titles, columns, rows }: Table, headers: readonly string[][]): number {
  const longest = (texts: readonly string[]): number =>
    Math.max(0, ...texts.map((text) => Array.from(text).length));
  const widths = [
    ...titles.map((title, i) => longest([title, ...headers.map((row) => row[i] ?? '')])),
    ...columns.map(({ label }, i) =>
      longest([label, ...rows.map(({ cells }) => cells[i]?.text ?? '')]),
    ),
  ];
  return widths.reduce((sum, count) => sum + 5 * count + 12, 0);
}

/** The line break before it would take a leading bracket or star for its own argument. */
function row(cells: readonly string[]): string {
  return `${cells.join(' & ').replace(/^(?=[[*])/, '{}')} \\\\`;
}

function blanks(count: number): string[] {
  return Array.from({ length: count }, () => '');
}

/** A partial rule under every heading that stands over more than one column. */
function rules(groups: readonly { count: number }[], lead: number): string {
  let first = lead + 1;
  const parts = groups.flatMap(({ count }) => {
    const range = `${first}-${first + count - 1}`;
    first += count;
    return count > 1 ? [`\\cmidrule(lr){${range}}`] : [];
  });
  return parts.join(' ');
}

const characters: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '\u2212': '$-$',
  '\u2013': '--',
  '\u2014': '---',
  '\u2018': '`',
  '\u2019': "'",
  '\u201c': '``',
  '\u201d': "''",
  '\u2026': '\\dots{}',
  '\u00b1': '$\\pm$',
  '\u00d7': '$\\times$',
  '\u00b7': '$\\cdot$',
  '\u2264': '$\\leq$',
  '\u2265': '$\\geq$',
  '\u221e': '$\\infty$',
  '\u2190': '$\\leftarrow$',
  '\u2191': '$\\uparrow$',
  '\u2192': '$\\rightarrow$',
  '\u2193': '$\\downarrow$',
  '\u2032': "$'$",
  '\u2113': '$\\ell$',
  '\u0394': '$\\Delta$',
  '\u03b1': '$\\alpha$',
  '\u03b5': '$\\epsilon$',
  '\u03bb': '$\\lambda$',
  '\u03bc': '$\\mu$',
  '\u03c3': '$\\sigma$',
  '\u207b': '$^{-}$',
  '\u00b9': '$^{1}$',
  '\u00b2': '$^{2}$',
  '\u00b3': '$^{3}$',
  ...Object.fromEntries(
    Array.from({ length: 10 }, (_, digit) => [
      String.fromCodePoint(0x2080 + digit),
      `$_{${digit}}$`,
    ]),
  ),
  ...Object.fromEntries(
    [0, 4, 5, 6, 7, 8, 9].map((digit) => [String.fromCodePoint(0x2070 + digit), `$^{${digit}}$`]),
  ),
};

/**
 * Text for LaTeX's text mode: its special characters escaped, symbols in their maths form. Straight
 * quotes become opening and closing ones, because the usual font encoding has no straight one.
 */
export function latexText(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').replaceAll(/(?<=^|[\s([{])"/g, '\u201c');
  return Array.from(
    line.replaceAll('"', '\u201d'),
    (character) => characters[character] ?? character,
  ).join('');
}
