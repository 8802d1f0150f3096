/** A picture in plain memory: `[height, width, 3]` float32 in [0, 1], RGB interleaved. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/**
 * Refuses two pictures that cannot be compared point by point.
 * @throws Error quoting both shapes
 */
export function assertComparable(what: string, a: Picture, b: Picture): void {
  const shape = (p: Picture): string => `[${p.height}, ${p.width}, 3] with ${p.data.length} values`;
  const size = a.height * a.width * 3;
  if (a.height !== b.height || a.width !== b.width) {
    throw new Error(`${what}: pictures differ in shape, got ${shape(a)} and ${shape(b)}`);
  }
  if (a.data.length !== size || b.data.length !== size) {
    throw new Error(`${what}: expected ${size} values, got ${shape(a)} and ${shape(b)}`);
  }
}
