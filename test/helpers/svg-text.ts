import { parseFont, textWidth } from '../../src/main/export/fonts';

export interface TextBox {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Where the lines of text of an exported figure lie, in points: from the baseline up to the height
 * of capitals and down by descenders, 0.7 and 0.2 em in the faces used.
 */
export function textBoxes(svg: string): TextBox[] {
  return [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(([, attrs = '', text = '']) => {
    const value = (name: string): string =>
      new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attrs)?.[1] ?? '';
    const fontSize = Number(value('font-size'));
    const font = parseFont(`normal normal ${fontSize}px ${value('font-family')}`);
    const width = textWidth(text.replaceAll('&lt;', '<').replaceAll('&amp;', '&'), font);
    const start = { start: 0, middle: -width / 2, end: -width }[value('text-anchor')] ?? 0;
    const [x, y] = [Number(value('x')) + start, Number(value('y'))];
    const numbers = (value('transform').match(/-?[\d.]+/g) ?? []).map(Number);
    const [a, b, c, d, e, f] = value('transform').startsWith('matrix')
      ? numbers
      : [1, 0, 0, 1, numbers[0] ?? 0, numbers[1] ?? 0];
    const corners = [
      [x, y - 0.7 * fontSize],
      [x + width, y + 0.2 * fontSize],
    ].map(([u = 0, v = 0]) => ({
      x: (a ?? 1) * u + (c ?? 0) * v + (e ?? 0),
      y: (b ?? 0) * u + (d ?? 1) * v + (f ?? 0),
    }));
    const [xs, ys] = [corners.map((each) => each.x), corners.map((each) => each.y)];
    return {
      text,
      left: Math.min(...xs),
      right: Math.max(...xs),
      top: Math.min(...ys),
      bottom: Math.max(...ys),
    };
  });
}
