/**
 * Geometry of attention in shifted windows (Liu et al., ICCV 2021) on a square map: pure index arithmetic.
 * Tokens of a map, windows of a map and tokens of a window are all counted row by row.
 */

/** What keeps tokens apart that only the shift has brought into one window; finite, as in the published masks. */
const APART = -100;

/**
 * For each pair of tokens of a window, the row of the bias table: one per offset (dr, dc) in (-window, window)^2.
 * @returns `window^2 * window^2` indices, row-major; row = token that looks, column = token that is looked at
 */
export function relativePositionIndex(window: number): Int32Array {
  const tokens = window ** 2;
  const span = 2 * window - 1;
  return Int32Array.from({ length: tokens * tokens }, (_, i) => {
    const [from, to] = [Math.floor(i / tokens), i % tokens];
    const rows = Math.floor(from / window) - Math.floor(to / window) + window - 1;
    const columns = (from % window) - (to % window) + window - 1;
    return rows * span + columns;
  });
}

/**
 * Which token stands where once the map has been rolled by -shift in both directions and cut into windows.
 * @param side of the map, a multiple of `window`; @returns `side^2` token numbers, window after window
 */
export function windowOrder(side: number, window: number, shift: number): Int32Array {
  const tokens = window ** 2;
  return Int32Array.from({ length: side ** 2 }, (_, i) => {
    const { row, column } = placeInMap(Math.floor(i / tokens), i % tokens, side, window);
    return ((row + shift) % side) * side + ((column + shift) % side);
  });
}

/**
 * What is added to the logits of shifted windows: 0 where two tokens were neighbours before the roll, else -100.
 * @returns `(side / window)^2 * window^2 * window^2` values, row-major
 */
export function shiftMask(side: number, window: number, shift: number): Float32Array {
  const tokens = window ** 2;
  const band = (at: number): number => (at < side - window ? 0 : at < side - shift ? 1 : 2);
  const region = (index: number, token: number): number => {
    const { row, column } = placeInMap(index, token, side, window);
    return 3 * band(row) + band(column);
  };
  return Float32Array.from({ length: side ** 2 * tokens }, (_, i) => {
    const index = Math.floor(i / tokens ** 2);
    const [from, to] = [Math.floor(i / tokens) % tokens, i % tokens];
    return region(index, from) === region(index, to) ? 0 : APART;
  });
}

function placeInMap(
  index: number,
  token: number,
  side: number,
  window: number,
): { row: number; column: number } {
  const across = side / window;
  return {
    row: Math.floor(index / across) * window + Math.floor(token / window),
    column: (index % across) * window + (token % window),
  };
}
