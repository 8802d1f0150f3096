import type { EChartsOption, LineSeriesOption, ScatterSeriesOption } from 'echarts';
import type { Density } from '../../stats/kde';
import type { StudyRun } from '../../domain/study';
import type { PointId } from '../../study/points';
import { runLabel } from '../../study/select';
import type { ChartTheme } from '../../theme';
import { pointDimensions } from './figure';

/** Marker shape says which model: circle, square, triangle, diamond by the model's fixed slot. */
const shapes = ['circle', 'rect', 'triangle', 'diamond'] as const;

/** Shape of a model's markers. */
export function markerShape(slot: number): (typeof shapes)[number] {
  return shapes[slot % shapes.length] ?? 'circle';
}

/** Colour of a run's regime. */
export function regimeColour(run: StudyRun, theme: ChartTheme): string {
  return run.run.regime === 'nt' ? theme.regime.nt : theme.regime.baseline;
}

/**
 * Hollow for a baseline, filled for its twin, so that the regime also reads without colour. Outlines
 * thin with the marks; the light edge that parts neighbours would hide a crowd of small ones.
 */
export function markerStyle(run: StudyRun, theme: ChartTheme, count = 1): object {
  const colour = regimeColour(run, theme);
  const weight = theme.lineWidth * (markerSize(theme, count) / theme.markerSize);
  const edge = count > 1000 ? 0 : 0.2 * weight;
  return run.run.regime === 'nt'
    ? {
        color: colour,
        borderColor: theme.background,
        borderWidth: edge,
        opacity: 1,
      }
    : { color: 'transparent', borderColor: colour, borderWidth: 0.6 * weight, opacity: 1 };
}

/** Marker diameter: full size up to 300 points, then shrinking so that ink per area stays bounded. */
export function markerSize(theme: ChartTheme, count: number): number {
  return theme.markerSize * Math.max(0.35, Math.min(1, (300 / Math.max(1, count)) ** 0.25));
}

/** Rows of the dataset behind a scatter series. */
export type PointRows = readonly (readonly [
  x: number,
  y: number,
  imageId: number,
  runId: number,
])[];

/** Turns points into dataset rows; every row carries the image and the run it stands for. */
export function pointRows<P extends PointId>(
  points: readonly P[],
  place: (point: P) => readonly [number, number],
): PointRows {
  return points.map((point) => [...place(point), point.imageId, point.runId]);
}

/** A dataset in array form, the leanest ECharts takes for tens of thousands of points. */
export function pointDataset(id: string, rows: PointRows): object {
  return { id, dimensions: pointDimensions, source: rows, sourceHeader: false };
}

/** One run's points, selectable by image. */
export function scatter(
  run: StudyRun,
  theme: ChartTheme,
  datasetId: string,
  count: number,
): ScatterSeriesOption {
  return {
    type: 'scatter',
    name: runLabel(run),
    datasetId,
    encode: { x: 'x', y: 'y' },
    xAxisIndex: 0,
    yAxisIndex: 0,
    symbol: markerShape(run.slot),
    symbolSize: markerSize(theme, count),
    itemStyle: markerStyle(run, theme, count),
    silent: !theme.interactive,
    emphasis: theme.interactive
      ? { scale: 1.6, itemStyle: { borderColor: theme.ink, borderWidth: theme.lineWidth } }
      : { disabled: true },
    clip: true,
    progressive: 0,
    animation: false,
    z: 3,
  };
}

export interface MarkSpec {
  readonly name?: string;
  /** Places in axis units. */
  readonly data: readonly (readonly [number, number])[];
  readonly symbol: string;
  readonly style: object;
  readonly panel?: number;
  /** Factor on the theme's marker size. */
  readonly scale?: number;
}

/** Marks that stand for runs or settings, not for images: nothing to select. */
export function marks(theme: ChartTheme, spec: MarkSpec): ScatterSeriesOption {
  return {
    type: 'scatter',
    ...(spec.name !== undefined && { name: spec.name }),
    data: spec.data.map(([x, y]) => [x, y]),
    xAxisIndex: spec.panel ?? 0,
    yAxisIndex: spec.panel ?? 0,
    symbol: spec.symbol,
    symbolSize: 1.25 * theme.markerSize * (spec.scale ?? 1),
    itemStyle: spec.style,
    silent: true,
    emphasis: { disabled: true },
    clip: false,
    animation: false,
    z: 3,
  };
}

/** One tick per image on the row `y` of its dataset, selectable like a point. */
export function rug(run: StudyRun, theme: ChartTheme, datasetId: string): ScatterSeriesOption {
  const colour = regimeColour(run, theme);
  return {
    ...scatter(run, theme, datasetId, 1),
    symbol: 'rect',
    symbolSize: [0.5 * theme.lineWidth, 0.6 * theme.fontSize],
    itemStyle: { color: colour, opacity: 1, borderWidth: 0 },
  };
}

export type Dash = 'solid' | 'dashed' | 'dotted';

export interface LineSpec {
  readonly name?: string;
  /** Points in axis units; null in y leaves a gap. */
  readonly data: readonly (readonly [number, number | null])[];
  readonly colour: string;
  readonly panel?: number;
  readonly dash?: Dash;
  /** Factor on the theme's line width. */
  readonly weight?: number;
  /** Opacity of the area under the line; absent: none. */
  readonly fill?: number;
}

/** A line without markers that does not react to the pointer. */
export function line(theme: ChartTheme, spec: LineSpec): LineSeriesOption {
  const panel = spec.panel ?? 0;
  return {
    type: 'line',
    ...(spec.name !== undefined && { name: spec.name }),
    data: spec.data.map(([x, y]) => [x, y ?? '-']),
    xAxisIndex: panel,
    yAxisIndex: panel,
    // A single value has no line: without a dot it would be invisible.
    showSymbol: spec.data.filter(([, y]) => y !== null).length === 1,
    symbol: 'circle',
    symbolSize: 0.6 * theme.markerSize,
    silent: true,
    lineStyle: {
      color: spec.colour,
      width: theme.lineWidth * (spec.weight ?? 1),
      type: dashPattern(theme, spec.dash ?? 'solid'),
      cap: 'butt',
      join: 'round',
    },
    itemStyle: { color: spec.colour },
    ...(spec.fill !== undefined && {
      areaStyle: { color: spec.colour, opacity: spec.fill, origin: 'start' },
    }),
    emphasis: { disabled: true },
    connectNulls: false,
    clip: true,
    progressive: 0,
    animation: false,
    z: 2,
  };
}

/** Lengths in chart units, so that a dash looks the same at every scale. */
function dashPattern(theme: ChartTheme, dash: Dash): 'solid' | number[] {
  if (dash === 'solid') return 'solid';
  const { lineWidth } = theme;
  return dash === 'dashed' ? [4 * lineWidth, 2.5 * lineWidth] : [lineWidth, 2 * lineWidth];
}

/** A density as points of a line; nothing where there is none. */
export function curve(density: Density | null | undefined, scale = 1): [number, number][] {
  return Array.from(density?.x ?? [], (x, i) => [x / scale, (density?.y[i] ?? 0) * scale]);
}

/** A density turned on its side, for the strip beside a plot. */
export function upright(density: Density | null | undefined): [number, number][] {
  return curve(density).map(([x, y]) => [y, x]);
}

export interface Note {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly colour: string;
  /** Where the text lies from its point. */
  readonly position: 'top' | 'bottom' | 'left' | 'right' | 'inside';
}

/** Direct labels: text at places in axis units, belonging to no mark. */
export function notes(theme: ChartTheme, items: readonly Note[], panel = 0): ScatterSeriesOption {
  return {
    type: 'scatter',
    data: items.map(({ text, x, y, colour, position }) => ({
      name: text,
      value: [x, y],
      label: { position, color: colour },
    })),
    xAxisIndex: panel,
    yAxisIndex: panel,
    symbolSize: 0,
    itemStyle: { opacity: 1 },
    silent: true,
    label: {
      show: true,
      formatter: '{b}',
      distance: 0.35 * theme.fontSize,
      fontFamily: theme.fontFamily,
      fontSize: theme.fontSize,
    },
    emphasis: { disabled: true },
    clip: false,
    animation: false,
    z: 4,
  };
}

/** Names below the places 0, 1, 2, ... of a `placesAxis`, where tick labels would stand. */
export function placeNames(
  theme: ChartTheme,
  names: readonly string[],
  bottom: number,
  panel = 0,
): ScatterSeriesOption {
  const items = names.map((text, x): Note => ({
    text,
    x,
    y: bottom,
    colour: theme.ink,
    position: 'bottom',
  }));
  return notes(theme, items, panel);
}

/** Parts of an option that every figure shares. */
export function base(theme: ChartTheme): EChartsOption {
  return {
    animation: false,
    backgroundColor: theme.background,
    textStyle: { color: theme.ink, fontFamily: theme.fontFamily, fontSize: theme.fontSize },
    tooltip: { show: false },
    aria: { enabled: false },
  };
}
