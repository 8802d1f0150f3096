import { describe, expect, test } from 'vitest';
import type { FigureOptions, Study } from '@shared/domain/study';
import { makeTable, tables } from '@shared/tables';
import { writeTable } from '@shared/tables/writers';
import beforeAfter from '@shared/figures/before-after';
import { renderFigure } from '../../../src/main/export/figure';
import { buildStudy, withRun } from '../../helpers/study';
import { buildGrid } from '../../helpers/study-grid';
import { askTool, hasTool } from '../../helpers/tools';

/** Everything a name can hold that TeX would take for an order of its own. */
const awkward = 'A_b & 50% #1 $x$ {y} ~z ^2 \\w "q" <k> |p| \u00e4';
const pair = buildStudy();
const named = pair.runs.reduce((made, _, i) => withRun(made, i, { modelTitle: awkward }), pair);
const studies: readonly { study: Study; options: FigureOptions }[] = [
  { study: named, options: { scored: 'eight-bit' } },
  { study: buildGrid(12), options: { scored: 'float', paper: true, joined: true } },
];

/** A document that brings nothing but what the first line of each table asks for. */
const document = (body: string, packages: readonly string[]) =>
  [
    '\\documentclass{article}',
    ...packages.map((name) => `\\usepackage{${name}}`),
    '\\begin{document}',
    body,
    '\\end{document}',
    '',
  ].join('\n');
const compile = (text: string, figure: Uint8Array = Buffer.alloc(0)) =>
  askTool(
    'pdflatex',
    ['-interaction=nonstopmode', '-halt-on-error', 'paper.tex'],
    { 'paper.tex': text, 'figure.pdf': figure },
    'paper.pdf',
  );
const withBooktabs = hasTool('pdflatex') && askTool('kpsewhich', ['booktabs.sty']).code === 0;

describe.skipIf(!withBooktabs)('every table in LaTeX', () => {
  test('compiles with pdflatex and booktabs alone, whatever the names', () => {
    const written = studies.flatMap(({ study, options }) =>
      tables
        .filter((def) => def.needs(study, options).length === 0)
        .map((def) => writeTable(makeTable(def, study, options), 'latex')),
    );
    expect(written.length).toBeGreaterThan(tables.length);
    const { code, out, made } = compile(document(written.join('\n\\clearpage\n'), ['booktabs']));
    expect(code, out.slice(-1500)).toBe(0);
    // A character without a form is only noted in passing.
    expect(out).not.toMatch(/Missing character|undefined/i);
    expect(made?.subarray(0, 5).toString()).toBe('%PDF-');
  });
});

describe.skipIf(!hasTool('pdflatex'))('a figure in a paper', () => {
  test('is taken in by pdflatex at its true size, its font embedded', async () => {
    const size = { widthIn: 3.25, heightIn: 3, fontPt: 8, font: 'serif', dpi: 300 } as const;
    const pdf = await renderFigure(beforeAfter, pair, { scored: 'float' }, size, 'pdf');
    const text = document(
      '\\setbox0\\hbox{\\includegraphics{figure.pdf}}\\typeout{size \\the\\wd0 \\the\\ht0}\\box0',
      ['graphicx'],
    );
    const { code, out, made } = compile(text, pdf);
    expect(code, out.slice(-1500)).toBe(0);
    // TeX has 72.27 points to the inch: 3.25 and 3 in, to a fiftieth of a point.
    const [, width, height] = /size ([\d.]+)pt([\d.]+)pt/.exec(out) ?? [];
    expect(Number(width)).toBeCloseTo(234.88, 1);
    expect(Number(height)).toBeCloseTo(216.81, 1);
    expect(out).not.toMatch(/Warning.*pdf/i);
    if (!hasTool('pdffonts')) return;
    const fonts = askTool('pdffonts', ['a.pdf'], { 'a.pdf': made ?? '' }).out;
    expect(fonts).toMatch(/Tinos-Regular +CID TrueType/);
    expect(fonts).not.toContain('Type 3');
  });
});
