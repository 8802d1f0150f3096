/**
 * Every format that figures and tables are written in, once: choices of the contract, buttons,
 * command line, file names and content types all derive from these two lists.
 */
export interface FormatInfo {
  /** On a button. */
  readonly title: string;
  /** What it is good for, in a sentence. */
  readonly purpose: string;
  /** Of its files, without the dot. */
  readonly extension: string;
  readonly contentType: string;
}

export const figureFormats = {
  pdf: {
    title: 'PDF',
    purpose: 'Vector with embedded fonts, for LaTeX and for print',
    extension: 'pdf',
    contentType: 'application/pdf',
  },
  svg: {
    title: 'SVG',
    purpose: 'Vector, for drawing programs and web pages',
    extension: 'svg',
    contentType: 'image/svg+xml',
  },
  png: {
    title: 'PNG',
    purpose: 'Pixels, for slides and word processors',
    extension: 'png',
    contentType: 'image/png',
  },
  csv: {
    title: 'CSV',
    purpose: 'The numbers that are drawn',
    extension: 'csv',
    contentType: 'text/csv; charset=utf-8',
  },
} as const satisfies Readonly<Record<string, FormatInfo>>;

export const tableFormats = {
  latex: {
    title: 'LaTeX (booktabs)',
    purpose: 'A table environment with booktabs rules',
    extension: 'tex',
    contentType: 'text/plain; charset=utf-8',
  },
  html: {
    title: 'Word processor (HTML)',
    purpose: 'Pasted into Word or LibreOffice it is a table',
    extension: 'html',
    contentType: 'text/html; charset=utf-8',
  },
  markdown: {
    title: 'Markdown',
    purpose: 'For notes and repositories',
    extension: 'md',
    contentType: 'text/markdown; charset=utf-8',
  },
  csv: {
    title: 'CSV',
    purpose: 'Every digit, for spreadsheets and programs',
    extension: 'csv',
    contentType: 'text/csv; charset=utf-8',
  },
} as const satisfies Readonly<Record<string, FormatInfo>>;

type FigureFormatId = keyof typeof figureFormats;
type TableFormatId = keyof typeof tableFormats;

/** In the order in which they are offered. */
export const figureFormatIds = Object.keys(figureFormats) as [FigureFormatId, ...FigureFormatId[]];
export const tableFormatIds = Object.keys(tableFormats) as [TableFormatId, ...TableFormatId[]];

/** The format with this id; figures and tables agree on those they share. */
export function formatInfo(id: FigureFormatId | TableFormatId): FormatInfo {
  return { ...tableFormats, ...figureFormats }[id];
}

/** Formats of the picture itself, as opposed to its numbers. */
export const pictureFormatIds = ['pdf', 'svg', 'png'] as const;
