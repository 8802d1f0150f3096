/**
 * Weights, pictures and ratings drawn alike here and in test/fixtures/torch/drawn.py, so that a fixture needs to hold
 * only what a model makes of them. With N a tensor's name, S its PyTorch shape and i a flat row-major index:
 *
 *   seed = FNV-1a (32 bit) of N in UTF-8,  u(i) = fmix32(seed + i * 0x9E3779B9 mod 2^32) / 2^32,  c(i) = 2 u(i) - 1
 *
 * fmix32 being MurmurHash3's finaliser. Values are computed in double precision and stored as float32: both sides hold
 * the same bits.
 */
type Shape = readonly number[];

const GOLDEN = 0x9e3779b9;

/** Keeps the variance of a layer's input: uniform values in +-1 have variance 1/3. */
const DEFAULT_GAIN = Math.sqrt(3);

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function fmix32(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * How the entries with certain endings differ from the ordinary draw v: times * v + plus + apart * sign(v). Rules apply
 * one after the other; test/fixtures/torch/common.py says what they are for.
 */
export interface DrawnRule {
  readonly ends: readonly string[];
  readonly times?: number;
  readonly plus?: number;
  readonly apart?: number;
}

/** u(i) of a name: `[0, 1)`. */
export function uniformOf(name: string): (index: number) => number {
  const seed = fnv1a(name);
  return (index) => fmix32((seed + Math.imul(index, GOLDEN)) >>> 0) / 2 ** 32;
}

function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

function fill(name: string, shape: Shape, value: (u: number) => number): Float32Array {
  const u = uniformOf(name);
  const values = new Float32Array(sizeOf(shape));
  // A plain loop: models have tens of millions of values.
  for (let i = 0; i < values.length; i++) values[i] = value(u(i));
  return values;
}

/**
 * One tensor of a state dict, by its name's ending and its rank: running variances 1 + 0.5 u, running means 0.1 c,
 * normalisation weights 1 + 0.1 c, biases 0.1 c, everything of two or more dimensions gain * c / sqrt(fan in).
 *
 * @param shape PyTorch's; @param gain sqrt(3) keeps a layer's variance
 */
export function drawnTensor(
  name: string,
  shape: Shape,
  gain = DEFAULT_GAIN,
  rules: readonly DrawnRule[] = [],
): Float32Array {
  const draw = ordinary(name, shape, gain);
  const own = rules.filter(({ ends }) => ends.some((ending) => name.endsWith(ending)));
  if (own.length === 0) return fill(name, shape, draw);
  return fill(name, shape, (u) =>
    own.reduce(
      (value, { times = 1, plus = 0, apart = 0 }) =>
        value * times + plus + apart * Math.sign(value),
      draw(u),
    ),
  );
}

function ordinary(name: string, shape: Shape, gain: number): (u: number) => number {
  if (name.endsWith('num_batches_tracked')) return () => 0;
  if (name.endsWith('running_var')) return (u) => 1 + 0.5 * u;
  if (name.endsWith('running_mean')) return (u) => 0.1 * (2 * u - 1);
  if (shape.length < 2) {
    const centre = name.endsWith('weight') ? 1 : 0;
    return (u) => centre + 0.1 * (2 * u - 1);
  }
  const root = Math.sqrt(sizeOf(shape.slice(1)));
  return (u) => (gain * (2 * u - 1)) / root;
}

/**
 * A whole state dict of drawn tensors.
 * @param like names and shapes; @param salt in front of every name that is drawn: another one, another network;
 * @param keep entries to leave as they are (index tables, masks)
 */
export function drawnState(
  like: ReadonlyMap<string, { readonly shape: Shape; readonly data: Float32Array }>,
  {
    salt = '',
    gain = DEFAULT_GAIN,
    rules = [],
    keep = () => false,
  }: {
    salt?: string;
    gain?: number;
    rules?: readonly DrawnRule[];
    keep?: (name: string) => boolean;
  },
): Map<string, { shape: Shape; data: Float32Array }> {
  return new Map(
    [...like].map(([name, { shape, data }]) => [
      name,
      { shape, data: keep(name) ? data : drawnTensor(salt + name, shape, gain, rules) },
    ]),
  );
}

/** Pictures `[n, height, width, 3]` in (0.05, 0.95), every value on its own. */
export function drawnPictures(shape: Shape): Float32Array {
  return fill('input', shape, (u) => 0.5 + 0.45 * (2 * u - 1));
}

/**
 * Pictures as `drawnPictures`, of which half the variation is a tint of each picture, or of each square of `tile` pixels
 * of it: they differ however much a network averages. Batches of pictures that look alike make batch normalisation blow
 * up rounding errors.
 */
export function tintedPictures(shape: Shape, tile?: number | null): Float32Array {
  const [n = 0, height = 0, width = 0] = shape;
  const side = tile ?? Math.max(height, width);
  const [rows, columns] = [Math.ceil(height / side), Math.ceil(width / side)];
  const [noise, tint] = [uniformOf('input'), uniformOf('tint')];
  const values = new Float32Array(n * height * width * 3);
  for (let i = 0; i < values.length; i++) {
    const pixel = Math.floor(i / 3);
    const [x, row] = [pixel % width, Math.floor(pixel / width)];
    const [y, picture] = [row % height, Math.floor(row / height)];
    const square = (picture * rows + Math.floor(y / side)) * columns + Math.floor(x / side);
    values[i] = 0.5 + 0.225 * (2 * noise(i) - 1 + (2 * tint(3 * square + (i % 3)) - 1));
  }
  return values;
}

/** Ratings `[n]` in [low, high). */
export function drawnRatings(count: number, low = 20, high = 80): Float32Array {
  return fill('ratings', [count], (u) => low + (high - low) * u);
}
