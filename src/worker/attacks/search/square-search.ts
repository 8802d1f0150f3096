import * as tf from '@tensorflow/tfjs-core';
import { random, type RandomStream } from '@shared/random';
import type { AttackContext, AttackOutcome } from '../attack';
import { lossSign } from '../gradient/loss-sign';
import type { DirectedLoss } from '../gradient/params';

export interface SquareSettings {
  /** [0, 1] pixel units. */
  readonly epsilon: number;
  readonly queries: number;
  /** Share of the picture the first squares cover. */
  readonly share: number;
  readonly squares: number;
  readonly loss: DirectedLoss;
}

/** Of 10,000 queries: where the share of a square is halved (Andriushchenko et al., 2020, section 4). */
const halvings = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];

/**
 * The Square attack (Andriushchenko et al., ECCV 2020, Algorithms 1 and 2, L-infinity) with a scalar score in place of
 * the margin: vertical stripes of +-epsilon first, then squares of one colour of +-epsilon at random places, kept where
 * the score moves the picture's own way. One query per picture and step; no gradient is asked for.
 *
 * @param x `[n, height, width, 3]` float32 in [0, 1]; not changed
 */
export async function squareSearch(
  x: tf.Tensor4D,
  settings: SquareSettings,
  context: AttackContext,
): Promise<AttackOutcome> {
  const { scorer, clean, seeds } = context;
  const [count, height, width] = x.shape;
  const size = height * width * 3;
  const pixels = await x.data<'float32'>();
  const signs = Array.from(await clean.data(), (f) => lossSign(settings.loss, f, f));
  const best = Float32Array.from(pixels);
  // Unchanged, a picture stands at its clean score: stripes that do worse are not kept as a result.
  const reached = Array.from(await clean.data(), (f, i) => (signs[i] ?? 0) * f);
  /** Where the search stands, which begins with the stripes however they do. */
  const current = new Float32Array(pixels.length);
  const standing = reached.map(() => -Infinity);
  const tried = new Float32Array(pixels.length);
  for (let query = 0; query < settings.queries; query++) {
    await context.checkpoint();
    tried.set(current);
    const side = squareSide(settings, query, height, width);
    for (let i = 0; i < count; i++) {
      const stream = random(seeds[i] ?? 0, 'attack/square', query);
      const at = { picture: tried.subarray(i * size, (i + 1) * size), height, width };
      const original = pixels.subarray(i * size, (i + 1) * size);
      if (query === 0) stripes(at, original, settings.epsilon, stream);
      else {
        for (let k = 0; k < settings.squares; k++) {
          square(at, original, settings.epsilon, side, stream);
        }
      }
    }
    const scores = await scored(tried, x.shape, scorer);
    for (let i = 0; i < count; i++) {
      const loss = (signs[i] ?? 0) * (scores[i] ?? 0);
      const own = tried.subarray(i * size, (i + 1) * size);
      if (loss > (standing[i] ?? Infinity)) {
        standing[i] = loss;
        current.set(own, i * size);
      }
      if (loss > (reached[i] ?? Infinity)) {
        reached[i] = loss;
        best.set(own, i * size);
      }
    }
  }
  return {
    adversarial: tf.tensor4d(best, x.shape),
    direction: Int8Array.from(signs),
    steps: settings.queries,
    zeroGradientShare: new Float32Array(count),
  };
}

async function scored(
  pictures: Float32Array,
  shape: tf.Tensor4D['shape'],
  scorer: AttackContext['scorer'],
): Promise<ArrayLike<number>> {
  // A copy: the back end may keep what it is given, and the search writes on.
  const x = tf.tensor4d(pictures.slice(), shape);
  try {
    const score = await scorer.score(x);
    const values = await score.data();
    score.dispose();
    return values;
  } finally {
    x.dispose();
  }
}

/** Side of a square at a query: the root of its share of the picture, at least 1 and inside the picture. */
export function squareSide(
  { share, queries }: Pick<SquareSettings, 'share' | 'queries'>,
  query: number,
  height: number,
  width: number,
): number {
  const passed = halvings.filter((at) => (query / queries) * 10_000 > at).length;
  const side = Math.round(Math.sqrt((share / 2 ** passed) * height * width));
  return Math.min(Math.max(side, 1), height, width);
}

interface Canvas {
  readonly picture: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** Vertical stripes one pixel wide, +-epsilon per column and channel. */
function stripes(
  { picture, height, width }: Canvas,
  original: Float32Array,
  epsilon: number,
  stream: RandomStream,
): void {
  const row = Float32Array.from({ length: width * 3 }, () => signed(stream, epsilon));
  for (let y = 0; y < height; y++) {
    for (let j = 0, at = y * width * 3; j < row.length; j++, at++) {
      picture[at] = clipped((original[at] ?? 0) + (row[j] ?? 0));
    }
  }
}

/** One square of a single colour, +-epsilon per channel, away from the original. */
function square(
  { picture, height, width }: Canvas,
  original: Float32Array,
  epsilon: number,
  side: number,
  stream: RandomStream,
): void {
  const top = stream.integer(height - side + 1);
  const left = stream.integer(width - side + 1);
  const colour = [signed(stream, epsilon), signed(stream, epsilon), signed(stream, epsilon)];
  for (let y = top; y < top + side; y++) {
    for (let px = left; px < left + side; px++) {
      const at = (y * width + px) * 3;
      for (let c = 0; c < 3; c++) {
        picture[at + c] = clipped((original[at + c] ?? 0) + (colour[c] ?? 0));
      }
    }
  }
}

function signed(stream: RandomStream, epsilon: number): number {
  return stream.integer(2) === 0 ? -epsilon : epsilon;
}

function clipped(value: number): number {
  return Math.min(1, Math.max(0, value));
}
