import { writeFile } from 'node:fs/promises';
import ExcelJs from 'exceljs';
import { describe, expect, it } from 'vitest';
import type { LabelMapping } from '@shared/domain/dataset';
import { decodeText, parseDelimited } from '../../../src/main/datasets/labels/delimited';
import { guessMapping, readEntries } from '../../../src/main/datasets/labels/mapping';
import { guessDecimal, parseNumber } from '../../../src/main/datasets/labels/numbers';
import { readTable, type LabelTable } from '../../../src/main/datasets/labels/read-table';
import { useTempDir } from '../../helpers/temp-dir';

const temp = useTempDir();

async function tableOf(name: string, content: string | Uint8Array): Promise<LabelTable> {
  await writeFile(temp(name), content);
  return readTable(temp(name));
}

describe('parseNumber', () => {
  it('takes the decimal mark it is told and no other', () => {
    expect(parseNumber(' 3.5 ', '.')).toBe(3.5);
    expect(parseNumber('3,5', ',')).toBe(3.5);
    expect(parseNumber('-1e-3', '.')).toBe(-0.001);
    for (const cell of ['3,5', '', 'n/a', 'NaN', 'Infinity', '1 000', '0x10', '3.5%', '1e999']) {
      expect(parseNumber(cell, '.'), cell).toBeNull();
    }
    expect(parseNumber('3.5', ',')).toBeNull();
  });

  it('recognises a decimal comma by the cells that only it explains', () => {
    expect(guessDecimal(['3,5', '4,25', '5'])).toBe(',');
    expect(guessDecimal(['3.5', '4', '5'])).toBe('.');
    expect(guessDecimal(['3', '4'])).toBe('.');
  });
});

describe('parseDelimited', () => {
  it.each([
    ['semicolons with decimal commas', 'a.png;3,5\nb.png;4,25'],
    ['tabs', 'a.png\t3,5\nb.png\t4,25'],
    ['bars', 'a.png|3,5\nb.png|4,25'],
    ['blanks of any width', 'a.png   3,5\n  b.png 4,25'],
    ['commas with quoted decimal commas', '"a.png","3,5"\n"b.png","4,25"'],
    ['Windows and old Macintosh line ends', 'a.png;3,5\r\nb.png;4,25\r\n'],
  ])('splits rows at %s', (_, text) => {
    expect(parseDelimited(text, 'x.csv')).toEqual([
      ['a.png', '3,5'],
      ['b.png', '4,25'],
    ]);
  });

  it('keeps blanks in names where another separator is used, and quoted separators', () => {
    const rows = parseDelimited('image,mos\n"my, own photo.png",3\nplain name.png,4', 'x.csv');
    expect(rows.map(([name]) => name)).toEqual(['image', 'my, own photo.png', 'plain name.png']);
  });

  it('skips empty lines and lines of empty cells', () => {
    expect(parseDelimited('a,1\n\n,\nb,2\n', 'x.csv')).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
  });
});

describe('decodeText', () => {
  it('reads UTF-8 with a mark, UTF-16 and Windows-1252', () => {
    expect(decodeText(Buffer.from('\ufeffä'))).toEqual({ text: 'ä', notes: [] });
    expect(decodeText(Buffer.from('\ufeffä', 'utf16le')).text).toBe('ä');
    expect(decodeText(Buffer.from('\ufeffä', 'utf16le').swap16()).text).toBe('ä');
    const old = decodeText(Uint8Array.of(0x42, 0xe4, 0x72));
    expect(old.text).toBe('Bär');
    expect(old.notes.join()).toMatch(/read as Windows-1252/);
  });
});

describe('readTable', () => {
  it('takes the first row as heading where it differs from the others', async () => {
    const { columns, rows } = await tableOf('a.csv', '\ufeffimage,mos\na.png,3\nb.png,4\n');
    expect(columns).toEqual(['image', 'mos']);
    expect(rows).toEqual([
      ['a.png', '3'],
      ['b.png', '4'],
    ]);
  });

  it('numbers the columns of a file without heading', async () => {
    const { columns, rows } = await tableOf(
      'b.txt',
      '1600.AWGN.1.png 0.061989\n1600.BLUR.2.png 0.2\n',
    );
    expect(columns).toEqual(['column 1', 'column 2']);
    expect(rows).toHaveLength(2);
  });

  it('tells columns of the same name apart and fills short rows', async () => {
    const { columns, rows } = await tableOf('c.csv', 'image,score,score\na.png,1,2\nb.png,1\n');
    expect(columns).toEqual(['image', 'score', 'score (2)']);
    expect(rows[1]).toEqual(['b.png', '1', '']);
  });

  it('reads the first filled sheet of a workbook, formulas and rich text included', async () => {
    const workbook = new ExcelJs.Workbook();
    workbook.addWorksheet('empty');
    const sheet = workbook.addWorksheet('ratings');
    sheet.addRow(['Bild', 'MOS']);
    sheet.addRow(['ä.png', 3.25]);
    sheet.addRow([{ richText: [{ text: 'b' }, { text: '.png' }] }, { formula: '2+2', result: 4 }]);
    workbook.addWorksheet('notes').addRow(['hello']);
    await workbook.xlsx.writeFile(temp('d.xlsx'));
    const table = await readTable(temp('d.xlsx'));
    expect(table.columns).toEqual(['Bild', 'MOS']);
    expect(table.rows).toEqual([
      ['ä.png', '3.25'],
      ['b.png', '4'],
    ]);
    expect(table.notes.join()).toMatch(/2 filled sheets; "ratings" was read/);
  });

  it('refuses what is no table, each in its own words', async () => {
    await expect(readTable(temp('nowhere.csv'))).rejects.toThrow(/nowhere.csv" does not exist/);
    await expect(tableOf('e.csv', '')).rejects.toThrow(/holds no rows/);
    await expect(tableOf('f.csv', Buffer.from([1, 0, 2, 0]))).rejects.toThrow(/is a binary file/);
    await expect(tableOf('g.xlsx', 'PK no archive')).rejects.toThrow(/not a readable .xlsx file/);
    const excel97 = Buffer.from('d0cf11e0a1b11ae1', 'hex');
    await expect(tableOf('h.csv', excel97)).rejects.toThrow(/Excel 97 to 2003/);
  });
});

describe('guessMapping', () => {
  it('finds image, rating, deviation and reference by heading and content', async () => {
    const table = await tableOf(
      'm.csv',
      'reference;no;dist_img;MOS (mean);MOS std\nI01.png;1;I01_01.png;3,5;0,4\nI01.png;2;I01_02.png;1,25;0,5\n',
    );
    expect(guessMapping(table)).toEqual({
      image: 'dist_img',
      score: 'MOS (mean)',
      std: 'MOS std',
      group: 'reference',
      scoreKind: 'mos',
      scoreMin: 1,
      scoreMax: 5,
      decimal: ',',
    });
  });

  it('takes a heading with DMOS for differences, and the narrowest usual scale', async () => {
    const table = await tableOf('n.csv', 'name,DMOS\na.png,0.1\nb.png,0.95\n');
    expect(guessMapping(table)).toMatchObject({ scoreKind: 'dmos', scoreMin: 0, scoreMax: 1 });
    const wide = await tableOf('o.csv', 'name,MOS\na.png,-12.5\nb.png,140\n');
    expect(guessMapping(wide)).toMatchObject({ scoreMin: -13, scoreMax: 140 });
  });

  it('works without headings, whichever column comes first', async () => {
    const table = await tableOf('p.txt', '5.51429 I01_01_1.bmp\n5.56757 i01_01_2.bmp\n');
    expect(guessMapping(table)).toMatchObject({ image: 'column 2', score: 'column 1' });
  });

  it('gives up where no column holds numbers', async () => {
    expect(guessMapping(await tableOf('q.csv', 'image,grade\na.png,good\n'))).toBeNull();
  });
});

describe('readEntries', () => {
  const table: LabelTable = {
    columns: ['image', 'mos', 'sd', 'ref'],
    rows: [
      ['a.png', '3.5', '0.5', 'r1'],
      ['b.png', 'n/a', '0.5', 'r1'],
      ['c.png', '7', '0.5', 'r2'],
      ['', '2', '0.5', 'r2'],
      ['d.png', '1', '-', ''],
    ],
    notes: [],
  };
  const mapping: LabelMapping = {
    image: 'image',
    score: 'mos',
    std: 'sd',
    group: 'ref',
    scoreKind: 'mos',
    scoreMin: 1,
    scoreMax: 5,
    decimal: '.',
  };

  it('keeps the positions of good rows and lists bad ones with their reasons', () => {
    const { entries, problems } = readEntries(table, mapping);
    expect(entries).toEqual([
      { position: 0, name: 'a.png', score: 3.5, std: 0.5, group: 'r1' },
      { position: 4, name: 'd.png', score: 1, std: null, group: null },
    ]);
    expect(problems).toEqual([
      { kind: 'bad-score', name: 'b.png', reason: '"n/a" is not a number with a decimal point' },
      { kind: 'bad-score', name: 'c.png', reason: 'the rating 7 is outside 1 to 5' },
      { kind: 'unmatched-label', name: 'row 4', reason: 'the row names no picture' },
    ]);
  });

  it('answers a missing column with those that exist, and the likeliest', () => {
    expect(() => readEntries(table, { ...mapping, score: 'MOSS' })).toThrow(
      'The label file has no column "MOSS" for the ratings; its columns are "image", "mos", "sd", "ref".',
    );
    try {
      readEntries(table, { ...mapping, std: 'sdv' });
    } catch (error) {
      expect(error).toMatchObject({ kind: 'bad-input', next: 'Did you mean "sd"?' });
    }
  });

  it('refuses a range that does not rise', () => {
    expect(() => readEntries(table, { ...mapping, scoreMin: 5 })).toThrow(/must rise, got 5 to 5/);
  });
});
