/** From a point's values to its place on the screen, in CSS pixels of the chart. */
export type Convert = (x: number, y: number) => readonly number[];

interface Valued {
  readonly x: number;
  readonly y: number;
}

/** Places may differ by this many pixels from those the chart itself would say. */
const tolerance = 0.01;
/** Below this many points it is not worth asking whether the axes are straight. */
const few = 64;

/**
 * Places of many points. On straight axes a place is a line in the value, so a chart that takes its
 * time for every single conversion is asked for a few only; on any other axis for all.
 */
export function placesOf(points: readonly Valued[], convert: Convert): (readonly number[])[] {
  const line = points.length < few ? null : straight(points, convert);
  if (!line) return points.map(({ x, y }) => convert(x, y));
  return points.map(({ x, y }) => [line.left + line.perX * x, line.top + line.perY * y]);
}

/** The line through the extreme points, where those between lie on it; null where one does not. */
function straight(points: readonly Valued[], convert: Convert) {
  let [minX, maxX, minY, maxY] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return null;
    minX = Math.min(minX, x);
    maxX = Math.max(maxX, x);
    minY = Math.min(minY, y);
    maxY = Math.max(maxY, y);
  }
  if (!(maxX > minX && maxY > minY)) return null;
  const [left = NaN, top = NaN] = convert(minX, minY);
  const [right = NaN, bottom = NaN] = convert(maxX, maxY);
  const [perX, perY] = [(right - left) / (maxX - minX), (bottom - top) / (maxY - minY)];
  const line = { left: left - perX * minX, top: top - perY * minY, perX, perY };
  const fits = [0.13, 0.5, 0.77].every((share) => {
    const [x, y] = [minX + share * (maxX - minX), minY + share * (maxY - minY)];
    const [px = NaN, py = NaN] = convert(x, y);
    return (
      Math.abs(px - (line.left + perX * x)) <= tolerance &&
      Math.abs(py - (line.top + perY * y)) <= tolerance
    );
  });
  return fits ? line : null;
}
