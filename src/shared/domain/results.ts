import * as v from 'valibot';

/** Score of one image by one run, lab scale (0 to 100, higher better), mean over its views. */
export const ScoreRow = v.object({
  imageId: v.number(),
  score: v.number(),
  views: v.number(),
  /** Bounds that the score provably keeps within the certified radius, where a defence gives them. */
  certified: v.optional(v.nullable(v.object({ low: v.number(), high: v.number() }))),
});
export type ScoreRow = v.InferOutput<typeof ScoreRow>;

/** How far a picture is from its original: means over the pieces that were attacked. */
export const Fidelity = v.object({
  /** Euclidean norm over all values, [0, 1] pixels. */
  l2: v.number(),
  /** SSIM variants by name, e.g. `ssim-piq`, `ssim-full`. */
  ssim: v.record(v.string(), v.number()),
  /** In dB; null for equal pictures. */
  psnr: v.nullable(v.number()),
  /** LPIPS and DISTS by name, e.g. `lpips-vgg`; those whose weight files were not there are absent. */
  perceptual: v.record(v.string(), v.number()),
});
export type Fidelity = v.InferOutput<typeof Fidelity>;

/** One attacked image. Scores are lab scale; pixel distances are in [0, 1] units. */
export const AttackRow = v.object({
  imageId: v.number(),
  /** The clean score the attack itself saw, by the same path as the attacked one. */
  clean: v.number(),
  /** Score of the float adversarial image. */
  attackedFloat: v.number(),
  /** Score of the same image as it would be saved in 8 bit. */
  attackedEightBit: v.number(),
  linfFloat: v.number(),
  linfEightBit: v.number(),
  l2: v.number(),
  /** SSIM variants by name, e.g. `ssim-piq`, `ssim-full`. */
  ssim: v.record(v.string(), v.number()),
  psnr: v.nullable(v.number()),
  /** As in `Fidelity`, of the float image; absent where an earlier version attacked it. */
  perceptual: v.optional(v.record(v.string(), v.number())),
  /** The same measures of the image as saved in 8 bit; absent as `perceptual`. */
  saved: v.optional(Fidelity),
  /** `up`, `down`, or `mixed` when views of one image were attacked in different directions. */
  direction: v.picklist(['up', 'down', 'mixed']),
  steps: v.number(),
  /**
   * How often the attack asked for a score, and for a gradient with it, per view or picture attacked; absent in rows of
   * versions that did not count.
   */
  queries: v.optional(v.nullable(v.number())),
  gradients: v.optional(v.nullable(v.number())),
  /** Share of pixels whose gradient was exactly zero at the first step. */
  zeroGradientShare: v.number(),
  /** Share of pixels that ended on a bound of [0, 1]. */
  clampedShare: v.number(),
  durationMs: v.number(),
  /** File in the run's artifacts with the 8-bit adversarial image, when kept. */
  artifact: v.nullable(v.string()),
});
export type AttackRow = v.InferOutput<typeof AttackRow>;

/**
 * One step of an attack on one image, lab scale and [0, 1] pixels: means over the image's views,
 * L-infinity the largest of any. Step k is the picture after k steps; long attacks are thinned.
 */
export const TraceRow = v.object({
  imageId: v.number(),
  step: v.number(),
  score: v.number(),
  /** What the attack increases, in its own unit; null where it did not say or at the last step. */
  loss: v.nullable(v.number()),
  linf: v.number(),
  /** `ssim-piq` with the original; null where the picture is smaller than its window. */
  ssim: v.nullable(v.number()),
});
export type TraceRow = v.InferOutput<typeof TraceRow>;

/** Gradient norm of one image: mean over its views of the per-view l1 norm (score per [0,1] pixel). */
export const NormRow = v.object({
  imageId: v.number(),
  exact: v.number(),
  /** |f(x + h d) - f(x)| / h, averaged likewise, in the same unit as `exact`. */
  estimate: v.number(),
  /** Relative error of the estimate, |estimate - exact| / exact; null where exact is 0. */
  relativeError: v.nullable(v.number()),
  views: v.number(),
});
export type NormRow = v.InferOutput<typeof NormRow>;
