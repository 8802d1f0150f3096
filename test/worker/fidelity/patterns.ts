import type { Picture } from '../../../src/worker/fidelity/picture';

/** Pictures in closed form, so that a reference can be made anywhere. */
export type Pattern = (i: number, j: number, c: number) => number;
export const ramp: Pattern = (i, j, c) => ((7 * i + 13 * j + 29 * c) % 256) / 255;
export const smooth: Pattern = (i, j, c) =>
  0.5 + 0.35 * Math.sin(0.11 * i + 0.3 * c) * Math.cos(0.07 * j - 0.2 * c);
/** +1, -1, 0 in a fixed lattice: a perturbation without any random generator behind it. */
const lattice: Pattern = (i, j, c) => [1, -1, 0][(31 * i + 17 * j + 7 * c) % 3] ?? 0;

export function picture(height: number, width: number, value: Pattern): Picture {
  const data = new Float32Array(height * width * 3);
  for (let i = 0; i < height; i++)
    for (let j = 0; j < width; j++)
      for (let c = 0; c < 3; c++) data[(i * width + j) * 3 + c] = value(i, j, c);
  return { height, width, data };
}

/** A pattern, and the same moved by e along the lattice. */
export function pair(height: number, width: number, base: Pattern, e: number): [Picture, Picture] {
  const moved: Pattern = (i, j, c) =>
    Math.min(1, Math.max(0, base(i, j, c) + e * lattice(i, j, c)));
  return [picture(height, width, base), picture(height, width, moved)];
}
