import type { ChartTheme } from '../../theme';

/** An element of a plate: plain data that ECharts draws as it stands, lengths in chart units. */
export type Shape =
  | {
      readonly type: 'image';
      readonly silent: true;
      readonly style: { image: string; x: number; y: number; width: number; height: number };
    }
  | {
      readonly type: 'rect';
      readonly silent: true;
      readonly shape: { x: number; y: number; width: number; height: number };
      readonly style: { fill: string };
    }
  | {
      readonly type: 'text';
      readonly silent: true;
      readonly style: {
        readonly text: string;
        readonly x: number;
        readonly y: number;
        readonly fill: string;
        readonly fontSize: number;
        readonly fontFamily: string;
        readonly align: 'center' | 'right';
        readonly verticalAlign: 'middle';
      };
    }
  | {
      readonly type: 'line';
      readonly silent: true;
      readonly shape: { x1: number; y1: number; x2: number; y2: number };
      readonly style: { stroke: string; lineWidth: number };
    }
  | {
      readonly type: 'circle';
      readonly silent: true;
      readonly shape: { cx: number; cy: number; r: number };
      readonly style: { fill: string; stroke: string; lineWidth: number };
    };

/** One line of text in a tile; what does not fit its width ends in an ellipsis. */
export function tileText(
  theme: ChartTheme,
  text: string,
  x: number,
  y: number,
  width: number,
  align: 'center' | 'right',
): Shape[] {
  const letter = (theme.fontFamily.startsWith('Tinos') ? 0.46 : 0.53) * theme.fontSize;
  const fits = Math.max(1, Math.floor(width / letter));
  const shown = text.length > fits ? `${text.slice(0, fits - 1)}\u2026` : text;
  const { ink: fill, fontSize, fontFamily } = theme;
  const style = { text: shown, x, y, fill, fontSize, fontFamily, align } as const;
  return [{ type: 'text', silent: true, style: { ...style, verticalAlign: 'middle' } }];
}

export interface Ruler {
  readonly left: number;
  readonly width: number;
  readonly y: number;
  /** Scores on the lab scale; beyond 0 to 100 they stand at the end. */
  readonly mos: number;
  readonly before: number;
  readonly after: number;
  readonly colour: string;
}

/** The score ruler: a hairline from 0 to 100, a tick at MOS, before hollow, after filled, a bar between. */
export function ruler(theme: ChartTheme, spec: Ruler): Shape[] {
  const { left, width, y, colour } = spec;
  const r = 0.45 * theme.markerSize;
  const x = (score: number): number =>
    left + r + ((width - 2 * r) * Math.min(100, Math.max(0, score))) / 100;
  const stroke = (x1: number, x2: number, ink: string, lineWidth: number): Shape => ({
    type: 'line',
    silent: true,
    shape: { x1, y1: y, x2, y2: y },
    style: { stroke: ink, lineWidth },
  });
  const tick: Shape = {
    type: 'line',
    silent: true,
    shape: { x1: x(spec.mos), y1: y - 1.8 * r, x2: x(spec.mos), y2: y + 1.8 * r },
    style: { stroke: theme.ink, lineWidth: theme.axisWidth },
  };
  const dot = (score: number, fill: string): Shape => ({
    type: 'circle',
    silent: true,
    shape: { cx: x(score), cy: y, r },
    style: { fill, stroke: colour, lineWidth: 0.6 * theme.lineWidth },
  });
  return [
    stroke(x(0), x(100), theme.inkMuted, theme.axisWidth),
    stroke(x(spec.before), x(spec.after), colour, 1.6 * theme.lineWidth),
    tick,
    dot(spec.before, theme.background),
    dot(spec.after, colour),
  ];
}
