import type { Recipe } from '@shared/domain/recipe';
import type { Study } from '@shared/domain/study';
import { latexText } from '@shared/tables/writers/latex';
import { app } from '../app';
import type { Contents } from './contents';

/** A figure or table of a bundle with what its caption needs. */
export type Captioned = Pick<Recipe, 'kind' | 'title' | 'paper' | 'caption' | 'options'> & {
  readonly stem: string;
  /** Runs that lack its results. */
  readonly without: readonly string[];
};

const folderOf = { figure: 'figures', table: 'tables' } as const;

/** Captions in Markdown, one part per figure and table, each with the settings it was drawn with. */
export function captionsText(items: readonly Captioned[]): string {
  const parts = items.map(({ kind, stem, title, paper, caption, options }) =>
    [
      `## ${title}`,
      '',
      `${folderOf[kind]}/${stem}${paper === null ? '' : ` (the form of ${paper})`}`,
      '',
      caption,
      '',
      `Settings: ${settingsText(options)}.`,
      '',
    ].join('\n'),
  );
  return `# Captions\n\n${parts.join('\n')}`;
}

function settingsText(options: Recipe['options']): string {
  const parts = [
    options.attack === undefined ? null : `attack ${options.attack}`,
    options.scored === 'float' ? 'scored in float' : 'scored as saved in 8 bit',
    options.logY ? 'logarithmic value axis' : null,
    options.paper ? 'the printed values of the paper beside ours' : null,
    options.joined ? 'both twins in one cell' : null,
  ];
  return parts.filter((part) => part !== null).join('; ');
}

/** A LaTeX document that shows everything at its printed size; parts of it are meant to be copied. */
export function documentText(items: readonly Captioned[]): string {
  const body = items.flatMap(({ kind, stem, caption }) => [
    ...(kind === 'figure'
      ? [
          '\\begin{figure}[p]',
          '\\centering',
          `\\includegraphics{figures/${stem}.pdf}`,
          `\\caption{${latexText(caption)}}`,
          `\\label{fig:${stem}}`,
          '\\end{figure}',
        ]
      : [`\\input{tables/${stem}.tex}`]),
    '\\clearpage',
    '',
  ]);
  return [
    '% Shows every figure and table of this folder: pdflatex document.tex',
    '\\documentclass[10pt]{article}',
    '\\usepackage[margin=0.75in]{geometry}',
    '\\usepackage{graphicx}',
    '\\usepackage{booktabs}',
    '\\begin{document}',
    '',
    ...body,
    '\\end{document}',
    '',
  ].join('\n');
}

/** What is what, for a person who opens the folder. */
export function readmeText(
  study: Study,
  items: readonly Captioned[],
  leftOut: Contents['leftOut'],
): string {
  const sets = [...new Map(study.runs.map(({ dataset }) => [dataset.id, dataset])).values()];
  const names = (kind: Captioned['kind']): string[] =>
    items
      .filter((item) => item.kind === kind)
      .map(({ stem, title, paper, without }) => {
        const lacking = without.length > 0 ? `; without ${without.join(', ')}: not measured` : '';
        return `  ${stem}\n      ${title}${paper ? ` (${paper})` : ''}${lacking}`;
      });
  return [
    'Paper bundle',
    '============',
    '',
    `Written by ${app.name} ${app.version}. The same results give the same files; only this line`,
    'changes with the version of the lab.',
    '',
    ...sets.map(
      ({ name, imageCount, synthetic, contentHash }) =>
        `Data: ${name}${synthetic ? ' (synthetic)' : ''}, ${imageCount} pictures, content ${contentHash.slice(0, 16)}.`,
    ),
    `Side: ${study.selection.side}. Runs: ${study.runs.map(({ run }) => run.name).join(', ')}.`,
    '',
    'What is what',
    '------------',
    'figures/*.pdf          vector, fonts embedded, for LaTeX',
    'figures/*.svg          vector, for drawing programs',
    'figures/*.png          pixels, for slides and word processors',
    'figures/*.csv          the numbers that are drawn',
    'tables/*.tex           LaTeX with booktabs',
    'tables/*.html          pastes into word processors as a table',
    'tables/*.md            Markdown',
    'tables/*.csv           every digit',
    '*.recipe.json          where the numbers come from, and the experiment that makes them again',
    'captions.md            captions with their settings',
    'document.tex           shows everything; compile it with: pdflatex document.tex',
    '                       (names in other than Latin letters need another TeX, such as lualatex)',
    'SHA256SUMS             checksums; check them with: sha256sum -c SHA256SUMS',
    '',
    'To make a figure or table again from nothing, and compare the numbers:',
    '',
    '  iqalab reproduce figures/NAME.recipe.json --data FOLDER-OF-THE-PICTURES',
    '',
    'Figures',
    '-------',
    ...names('figure'),
    '',
    'Tables',
    '------',
    ...names('table'),
    '',
    ...(leftOut.length > 0
      ? [
          'Not in here, for want of results',
          '--------------------------------',
          ...leftOut.map(({ title, reason }) => `  ${title}: ${reason}`),
          '',
        ]
      : []),
  ].join('\n');
}
