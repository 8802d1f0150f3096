import type * as tf from '@tensorflow/tfjs-core';
import type { TraceRow } from '@shared/domain/results';
import { ssimOf } from '../../fidelity/ssim';
import { meanScore } from './mean-score';
import type { Pieces } from './pieces';
import type { Scorer } from '../attack';

export type TraceStep = Omit<TraceRow, 'imageId'>;

/** Longer attacks are thinned: a curve over more points looks the same. */
const maxPoints = 256;

/** A step as seen on one group of pieces. */
export interface TracePoint {
  readonly step: number;
  readonly pieces: number;
  readonly score: number;
  readonly linf: number;
  readonly ssim: number | null;
  loss: number | null;
}

/**
 * Watches what an attack asks of its scorer, and so records its steps without its help: each
 * gradient is taken at the picture the attack has reached. An attack that asks for no gradient is
 * followed by its queries. Every recorded step costs an SSIM, so only chosen pictures are traced.
 */
export class Tracer {
  readonly #pieces: Pieces;
  readonly #byGradient: TracePoint[] = [];
  readonly #byQuery: TracePoint[] = [];
  #counts = { gradient: 0, query: 0 };
  #strides = { gradient: 1, query: 1 };
  #last: TracePoint | null = null;

  constructor(pieces: Pieces) {
    this.#pieces = pieces;
  }

  /** The scorer to hand to the attack in place of `inner`. */
  watch(inner: Scorer): Scorer {
    return {
      score: async (x) => {
        const score = await inner.score(x);
        await this.#see('query', this.#byQuery, x, score);
        return score;
      },
      scoreAndGradient: async (x, weights) => {
        const result = await inner.scoreAndGradient(x, weights);
        await this.#see('gradient', this.#byGradient, x, result.score);
        return result;
      },
    };
  }

  readonly tellLoss = (loss: readonly number[]): void => {
    if (this.#last) this.#last.loss = meanScore(loss);
  };

  /** The steps seen, and the result of the attack as the last one. */
  finished(adversarial: ArrayLike<number>, scores: ArrayLike<number>, steps: number): TracePoint[] {
    const seen = this.#byGradient.length > 0 ? this.#byGradient : this.#byQuery;
    const after = Math.max(steps, (seen.at(-1)?.step ?? -1) + 1);
    return [...seen, this.#point(after, adversarial, scores)];
  }

  async #see(
    kind: 'gradient' | 'query',
    points: TracePoint[],
    x: tf.Tensor4D,
    score: tf.Tensor1D,
  ): Promise<void> {
    const step = this.#counts[kind]++;
    this.#last = null;
    // Scoring of something else than the pieces, such as several candidates at once, is no step.
    if (x.shape[0] !== this.#pieces.count || step % this.#strides[kind] !== 0) return;
    if (points.length === maxPoints) {
      this.#strides[kind] *= 2;
      points.splice(0, maxPoints, ...points.filter((_, i) => i % 2 === 0));
      if (step % this.#strides[kind] !== 0) return;
    }
    this.#last = this.#point(step, await x.data(), await score.data());
    points.push(this.#last);
  }

  #point(step: number, pixels: ArrayLike<number>, scores: ArrayLike<number>): TracePoint {
    const { count, height, width, data } = this.#pieces;
    const size = height * width * 3;
    const moved = Float32Array.from(pixels);
    let linf = 0;
    for (let i = 0; i < data.length; i++) {
      linf = Math.max(linf, Math.abs((moved[i] as number) - (data[i] as number)));
    }
    const similar: number[] = [];
    for (let i = 0; i < count; i++) {
      const at = (all: Float32Array) => ({
        height,
        width,
        data: all.subarray(i * size, (i + 1) * size),
      });
      const value = ssimOf(at(data), at(moved), ['ssim-piq']).get('ssim-piq');
      if (value !== undefined) similar.push(value);
    }
    const ssim = similar.length === count ? meanScore(similar) : null;
    return { step, pieces: count, score: meanScore(scores), linf, ssim, loss: null };
  }
}

/** One trace of a picture from those of its groups of views: steps they all have, views weighted. */
export function joinTraces(groups: readonly (readonly TracePoint[])[]): TraceStep[] {
  const [first = [], ...others] = groups;
  return first.flatMap((point) => {
    const same = others.flatMap((group) => group.find(({ step }) => step === point.step) ?? []);
    if (same.length < others.length) return [];
    const points = [point, ...same];
    const mean = (of: (p: TracePoint) => number | null): number | null => {
      let [sum, weight] = [0, 0];
      for (const p of points) {
        const value = of(p);
        if (value === null) return null;
        sum += p.pieces * value;
        weight += p.pieces;
      }
      return sum / weight;
    };
    const score = mean((p) => p.score) ?? 0;
    const linf = Math.max(...points.map((p) => p.linf));
    return [
      { step: point.step, score, linf, loss: mean((p) => p.loss), ssim: mean((p) => p.ssim) },
    ];
  });
}
