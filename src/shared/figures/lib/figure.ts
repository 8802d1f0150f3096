import type { EChartsOption } from 'echarts';
import type { FigureOptions, Study } from '../../domain/study';
import type { Missing } from '../../study/missing';
import type { PointId } from '../../study/points';
import type { ChartTheme } from '../../theme';

/**
 * A figure is one file in this folder's parent with a default export of this type; its id is the
 * file's stem. Menu, export, command line and tests derive from it. Every method is pure: the same
 * study, options and theme give the same result.
 */
export interface FigureDef {
  readonly id: string;
  readonly title: string;
  /** The figure of the paper whose form this takes, e.g. "Fig. 4"; null for one of our own. */
  readonly paper: string | null;
  /** Size in inches that suits one column of a paper. */
  readonly size: { readonly widthIn: number; readonly heightIn: number };
  /** The options that change this figure; an interface shows only these. */
  readonly choices: readonly (keyof FigureOptions)[];
  /** What is missing before the figure can be drawn, with the job that would make it. */
  needs(study: Study, options: FigureOptions): Missing[];
  /**
   * An ECharts option that is plain data (no functions), all lengths in the theme's chart units.
   * Draws what there is: a run without results is left out.
   */
  toOption(study: Study, options: FigureOptions, theme: ChartTheme): EChartsOption;
  /** The numbers that are drawn, one row per mark, with units in the column names. */
  toCsv(study: Study, options: FigureOptions): DataTable;
  /** Caption for a paper: the takeaway first, then what is shown, then where it comes from. */
  caption(study: Study, options: FigureOptions): string;
  /** One or two sentences that stand in for the picture, for screen readers. */
  summary(study: Study, options: FigureOptions): string;
  /** Every point that can be selected, in drawing order, placed on the axes of the first grid. */
  points?(study: Study, options: FigureOptions): FigurePoint[];
}

export interface FigurePoint extends PointId {
  /** Image name. */
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

/** Rows of plain values under named columns; null is an empty cell. */
export interface DataTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/**
 * Order of the values of one datum of every selectable series: a chart event's `value` is such an
 * array.
 */
export const pointDimensions = ['x', 'y', 'imageId', 'runId'] as const;

/** Image and run behind a chart event's `value`; null when the mark stands for no image. */
export function pointOf(value: unknown): PointId | null {
  if (!Array.isArray(value) || value.length !== pointDimensions.length) return null;
  const [, , imageId, runId] = value as unknown[];
  return typeof imageId === 'number' && typeof runId === 'number' ? { imageId, runId } : null;
}
