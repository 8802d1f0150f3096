import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { random, type RandomStream } from '@shared/random';
import type { Table } from '@shared/tables';
import { writeTable } from '@shared/tables/writers';
import { toCsv, writeCsv } from '@shared/tables/writers/csv';
import { toHtml } from '@shared/tables/writers/html';
import { toLatex } from '@shared/tables/writers/latex';
import { toMarkdown } from '@shared/tables/writers/markdown';
import { displayWidth, toText } from '@shared/tables/writers/text';

/** Everything that means something to one of the five formats, and some that mean nothing. */
const alphabet = Array.from(
  'ab 1\u00e4\u753b\u03bb\u2081\u2212,;"\'|&<>\\{}$#%_^~*=+-@\t\r\n\u001b[]()`/',
);

function word(stream: RandomStream): string {
  const length = stream.integer(9);
  return Array.from({ length }, () => alphabet[stream.integer(alphabet.length)] ?? '').join('');
}

/** A table whose every text is random, with two levels of headings and parts. */
function randomTable(seed: number): Table {
  const stream = random(seed, 'test/tables');
  const count = 1 + stream.integer(4);
  return {
    id: 'random',
    caption: word(stream),
    boldMeans: word(stream),
    headers: [word(stream), word(stream)],
    columns: Array.from({ length: count }, () => ({
      groups: [['x', 'y'][stream.integer(2)] ?? '', word(stream)],
      label: word(stream),
      align: stream.integer(2) === 0 ? ('left' as const) : ('right' as const),
    })),
    rows: Array.from({ length: 3 }, (_, i) => ({
      headers: [word(stream), word(stream)],
      cells: Array.from({ length: count }, () => {
        const isNumber = stream.integer(2) === 0;
        const value = isNumber ? stream.uniform(-1, 1) : null;
        return {
          text: value === null ? word(stream) : value.toFixed(3),
          value,
          ...(stream.integer(3) === 0 && { bold: true }),
        };
      }),
      ...(i === 1 && { startsPart: true }),
    })),
    notes: [word(stream), word(stream)],
  };
}

const seeds = Array.from({ length: 200 }, (_, i) => i);

describe('whatever the texts contain', () => {
  test('CSV is read back cell by cell and no cell can be run as a formula', () => {
    for (const seed of seeds) {
      const table = randomTable(seed);
      const rows = parse(toCsv(table), { relax_column_count: true });
      expect(rows.length).toBe(1 + table.rows.length + 1 + table.notes.length);
      table.rows.forEach((row, i) => {
        const read = rows[i + 1] ?? [];
        const written = [...row.headers, ...row.cells.map(({ value, text }) => value ?? text)];
        expect(read).toHaveLength(written.length);
        read.forEach((text, k) => {
          const original = written[k];
          if (typeof original === 'number') expect(Number(text)).toBe(original);
          else {
            expect([original, `'${original}`]).toContain(text);
            expect(text).not.toMatch(/^[=+\-@\t\r\n]/);
          }
        });
      });
    }
  });

  test('every Markdown row has the same number of cells and no raw markup', () => {
    for (const seed of seeds) {
      const table = randomTable(seed);
      const lines = toMarkdown(table)
        .split('\n')
        .filter((line) => line.startsWith('| '));
      expect(lines).toHaveLength(2 + table.rows.length);
      for (const line of lines) {
        const bars = line.replaceAll(/\\./gs, '').split('|').length - 1;
        expect(bars).toBe(table.headers.length + table.columns.length + 1);
        expect(line.replaceAll(/\\./gs, '')).not.toMatch(/[<>[\]`]/);
      }
    }
  });

  test('LaTeX has balanced braces, escaped specials and the right number of cells per row', () => {
    for (const seed of seeds) {
      const table = randomTable(seed);
      const plain = toLatex(table).replaceAll(/\\[\\{}&%$#_]/g, (each) =>
        each === '\\\\' ? '\n' : '',
      );
      expect(count(plain, '{')).toBe(count(plain, '}'));
      expect(count(plain, '$') % 2).toBe(0);
      expect(toLatex(table)).not.toMatch(/^[[*]/m);
      expect(plain).not.toMatch(/[\u001b#~<>"\u2212\u03bb\u2081]/);
      const body = plain.slice(plain.indexOf('\\midrule'), plain.indexOf('\\bottomrule'));
      const rows = body.split('\n').filter((line) => line.includes('&'));
      expect(rows).toHaveLength(table.rows.length);
      for (const row of rows) {
        expect(count(row, '&')).toBe(table.headers.length + table.columns.length - 1);
      }
    }
  });

  test('HTML has no tag but its own and a cell under every column', () => {
    const known = /<\/?(table|caption|thead|tbody|tr|th|td|b|p|small|meta)( [a-z]+="[^"<>]*")*>/g;
    for (const seed of seeds) {
      const table = randomTable(seed);
      const html = toHtml(table);
      expect(html.replaceAll(known, '')).not.toMatch(/[<>"]/);
      expect(html.match(/<td/g)).toHaveLength(table.rows.length * table.columns.length);
      expect(html.match(/scope="row"/g)).toHaveLength(table.rows.length * table.headers.length);
    }
  });

  test('plain text stays in its columns and on its lines', () => {
    for (const seed of seeds) {
      const table = randomTable(seed);
      const lines = toText(table).split('\n');
      const rules = lines.flatMap((line, i) => (/^\u2500+$/.test(line) ? [i] : []));
      expect(rules).toHaveLength(3);
      const [top = 0, , bottom = 0] = rules;
      const width = (lines[top] ?? '').length;
      for (const line of lines.slice(top, bottom))
        expect(displayWidth(line)).toBeLessThanOrEqual(width);
      expect(lines.slice(top, bottom).join('\n')).not.toMatch(/[\t\r\u001b]/);
    }
  });
});

describe('each format as a reader sees it', () => {
  const table: Table = {
    id: 'demo',
    caption: 'Scores & more.',
    boldMeans: 'the better',
    headers: ['Metric', 'Attack'],
    columns: [
      { groups: ['Before', 'A_1'], label: 'base', align: 'right' },
      { groups: ['Before', 'A_1'], label: '+NT', align: 'right' },
      { groups: ['After', 'A_1'], label: 'base', align: 'right' },
    ],
    rows: [
      {
        headers: ['R \u2191', 'FGSM'],
        cells: [
          { text: '1.500', value: 1.50004, bold: true },
          { text: '\u22120.250', value: -0.25 },
          { text: 'undefined', value: null, note: 'constant' },
        ],
      },
      {
        headers: ['R \u2191', 'UAP*'],
        cells: [
          { text: '2.000', value: 2 },
          { text: '2.000', value: 2 },
          { text: '', value: null },
        ],
      },
    ],
    notes: ['n = 60.'],
  };

  test.each(['csv', 'markdown', 'latex', 'html'] as const)('%s', (format) => {
    expect(writeTable(table, format)).toMatchSnapshot();
  });

  test('LaTeX sets quotes that every font encoding has, and lets a wide table span both columns', () => {
    const table = randomTable(1);
    const columns = table.columns.slice(0, 1);
    const rows = [{ headers: ['"a" ("b")', ''], cells: [{ text: '1', value: 1 }] }];
    const narrow = toLatex({ ...table, columns, rows });
    expect(narrow).toContain("``a'' (``b'')");
    expect(narrow).toContain('\\begin{table}[t]');
    expect(narrow).not.toContain('footnotesize\\setlength');
    const wide = toLatex({
      ...table,
      columns,
      rows: [{ headers: ['', ''], cells: [{ text: 'x'.repeat(99), value: null }] }],
    });
    expect(wide).toContain('\\begin{table*}[t]\n\\centering\n\\footnotesize\\setlength');
    expect(wide).toContain('\\end{table*}');
  });

  test('text', () => {
    expect(toText(table)).toMatchSnapshot();
  });

  test('numbers of a data file keep every digit and a missing one is an empty cell', () => {
    const data = { columns: ['x', 'y'], rows: [[0.1 + 0.2, null]] };
    expect(writeCsv(data)).toBe('x,y\r\n0.30000000000000004,\r\n');
  });

  test('a negative number is a number, a text that begins with a minus is not', () => {
    const data = { columns: ['x', 'y'], rows: [[-1.5, '-1.5']] };
    expect(writeCsv(data)).toBe("x,y\r\n-1.5,'-1.5\r\n");
  });
});

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
