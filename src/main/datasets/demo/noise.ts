import type { RandomStream } from '@shared/random';

/** A cell of a jittered grid around a point: the nearest seed point and how clearly it is the nearest. */
export interface Cell {
  /** Distance to the nearest and to the second nearest seed point, in grid units. */
  readonly near: number;
  readonly second: number;
  /** Place of the nearest seed point, and a number in [0, 1) that belongs to it. */
  readonly x: number;
  readonly y: number;
  readonly id: number;
}

/** Smooth random fields in the plane, all functions of one seed: what the scenes are textured with. */
export class Noise {
  readonly #seed: number;

  constructor(stream: RandomStream) {
    this.#seed = stream.uint32() | 0;
  }

  /** A number in [0, 1) for a grid point; `salt` gives independent ones. */
  hash(ix: number, iy: number, salt = 0): number {
    let h = Math.imul(ix, 0x27d4eb2d) ^ Math.imul(iy, 0x165667b1) ^ Math.imul(salt, 0x9e3779b1);
    h = Math.imul(h ^ this.#seed ^ (h >>> 15), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
  }

  /** Value noise in [0, 1): random heights on the integer grid, smoothly interpolated. */
  value(x: number, y: number, salt = 0): number {
    const ix = Math.floor(x);
    const iy = Math.floor(y);
    const fx = x - ix;
    const fy = y - iy;
    const sx = fx * fx * (3 - 2 * fx);
    const sy = fy * fy * (3 - 2 * fy);
    const top = this.hash(ix, iy, salt) * (1 - sx) + this.hash(ix + 1, iy, salt) * sx;
    const low = this.hash(ix, iy + 1, salt) * (1 - sx) + this.hash(ix + 1, iy + 1, salt) * sx;
    return top * (1 - sy) + low * sy;
  }

  /** Several octaves of value noise, each of half the size and strength of the one before; in [0, 1), mean 0.5. */
  fbm(x: number, y: number, octaves: number, salt = 0): number {
    let sum = 0;
    let strength = 0.5;
    let total = 0;
    for (let i = 0; i < octaves; i++) {
      sum += strength * this.value(x, y, salt + i);
      total += strength;
      strength *= 0.5;
      // Turned a little from octave to octave, so that the grid does not show.
      const turned = 1.6 * x + 1.2 * y + 17.3;
      y = 1.6 * y - 1.2 * x + 5.9;
      x = turned;
    }
    return sum / total;
  }

  /** Octaves of folded noise: sharp crests, as mountains have; in [0, 1). */
  ridged(x: number, y: number, octaves: number, salt = 0): number {
    let sum = 0;
    let strength = 0.5;
    let total = 0;
    for (let i = 0; i < octaves; i++) {
      const fold = 1 - Math.abs(2 * this.value(x, y, salt + i) - 1);
      sum += strength * fold * fold;
      total += strength;
      strength *= 0.5;
      x = x * 2 + 31.7;
      y = y * 2 + 11.3;
    }
    return sum / total;
  }

  /** The jittered grid (S. Worley, "A cellular texture basis function", 1996). */
  cell(x: number, y: number, salt = 0): Cell {
    const ix = Math.floor(x);
    const iy = Math.floor(y);
    let [near, second, px, py, id] = [Infinity, Infinity, 0, 0, 0];
    for (let cy = iy - 1; cy <= iy + 1; cy++) {
      for (let cx = ix - 1; cx <= ix + 1; cx++) {
        const sx = cx + 0.15 + 0.7 * this.hash(cx, cy, salt);
        const sy = cy + 0.15 + 0.7 * this.hash(cx, cy, salt + 1);
        const distance = (sx - x) * (sx - x) + (sy - y) * (sy - y);
        if (distance < near) {
          second = near;
          near = distance;
          px = sx;
          py = sy;
          id = this.hash(cx, cy, salt + 2);
        } else if (distance < second) {
          second = distance;
        }
      }
    }
    return { near: Math.sqrt(near), second: Math.sqrt(second), x: px, y: py, id };
  }
}
