/**
 * Tokens of the charts: the same colours on screen and on paper, checked for contrast and for the
 * three common colour-vision deficiencies. Colour encodes regime or model in one figure, never both.
 * The interface's own tokens (styles/tokens.css) carry the same values.
 */
export type ThemeMode = 'light' | 'dark' | 'print';

export interface ChartTheme {
  readonly mode: ThemeMode;
  readonly background: string;
  readonly ink: string;
  /** Secondary text: tick labels on screen, notes inside a plot. */
  readonly inkMuted: string;
  readonly axis: string;
  readonly regime: { readonly baseline: string; readonly nt: string };
  /** By `StudyRun.slot`, where a figure compares models. */
  readonly model: readonly string[];
  readonly fontFamily: string;
  /** Chart units per CSS pixel (screen) or per point (print); every length below is in chart units. */
  readonly unit: number;
  readonly fontSize: number;
  readonly lineWidth: number;
  readonly axisWidth: number;
  readonly tickLength: number;
  /** Diameter of a marker in a figure of a few hundred points. */
  readonly markerSize: number;
  /** Size of the whole chart in chart units where it is known; stacked panels then fill it exactly. */
  readonly canvas: { readonly width: number; readonly height: number } | null;
  /** False in print: nothing reacts, and no style sheet is written for hovering. */
  readonly interactive: boolean;
}

const colours = {
  light: {
    background: '#FFFFFF',
    ink: '#1C1B19',
    inkMuted: '#57534A',
    axis: '#57534A',
    regime: { baseline: '#17498A', nt: '#D97706' },
    model: ['#2A2D85', '#A69403', '#218A85', '#952E32'],
  },
  dark: {
    background: '#20252A',
    ink: '#ECEAE4',
    inkMuted: '#B4B2AA',
    axis: '#B4B2AA',
    regime: { baseline: '#4F8FDB', nt: '#FFCB75' },
    model: ['#9161D1', '#F7E75C', '#61D3CF', '#DE6B6F'],
  },
  print: {
    background: '#FFFFFF',
    ink: '#000000',
    inkMuted: '#000000',
    axis: '#000000',
    regime: { baseline: '#17498A', nt: '#D97706' },
    model: ['#2A2D85', '#A69403', '#218A85', '#952E32'],
  },
} as const;

/** Font lists of exported figures: a bundled metric-compatible face first, then what readers have. */
export const printFonts = {
  serif: "Tinos, 'Times New Roman', Times, serif",
  sans: 'Arimo, Arial, Helvetica, sans-serif',
} as const;

/** Theme of a chart on screen; lengths are CSS pixels, `fontPx` at least 12 so that it can be read. */
export function screenTheme(
  mode: 'light' | 'dark',
  fontFamily = "'IBM Plex Sans', sans-serif",
  fontPx = 12,
  canvas: ChartTheme['canvas'] = null,
): ChartTheme {
  return {
    mode,
    ...colours[mode],
    fontFamily,
    unit: 1,
    fontSize: fontPx,
    lineWidth: 1.5,
    axisWidth: 1,
    tickLength: 4,
    markerSize: 6,
    canvas,
    interactive: true,
  };
}

/**
 * Theme of an exported figure: 0.5 pt axes, 1 pt lines, text of exactly `fontPt` points.
 *
 * @param unitsPerPt chart units per point. ECharts snaps axes and ticks to whole units, so the
 *   exporter draws with ten per point and divides afterwards: the error stays below 0.05 pt.
 */
export function printTheme(
  font: 'serif' | 'sans',
  fontPt: number,
  unitsPerPt: number,
  canvas: NonNullable<ChartTheme['canvas']>,
): ChartTheme {
  return {
    mode: 'print',
    ...colours.print,
    fontFamily: printFonts[font],
    unit: unitsPerPt,
    fontSize: fontPt * unitsPerPt,
    lineWidth: unitsPerPt,
    axisWidth: 0.5 * unitsPerPt,
    tickLength: 2.5 * unitsPerPt,
    markerSize: 3.4 * unitsPerPt,
    canvas,
    interactive: false,
  };
}

/** Colour tokens by mode, for the interface's style sheet and its tests. */
export const chartColours = colours;
