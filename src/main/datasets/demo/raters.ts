import { toLuma } from '@imaging/hash';
import type { RgbImage } from '@imaging/image';
import { random } from '@shared/random';
import type { Distortion } from './distortions';

/** Simulated raters. Nobody has ever looked at these pictures; the data set says so wherever it shows. */
const RATERS = 24;
/** Points out of 100 that a distortion costs at levels 0 to 5, before masking. */
const LOSS = [0, 13, 28, 43, 58, 72] as const;
const PRISTINE = 88;

/** How busy a picture is, 0 to 1: mean step between neighbouring pixels, saturating at about 30 grey levels. */
export function texture(image: RgbImage): number {
  const luma = toLuma(image);
  let sum = 0;
  for (let y = 1; y < image.height; y++) {
    for (let x = 1; x < image.width; x++) {
      const at = y * image.width + x;
      const here = luma[at] ?? 0;
      sum += Math.abs(here - (luma[at - 1] ?? 0)) + Math.abs(here - (luma[at - image.width] ?? 0));
    }
  }
  const mean = sum / (2 * (image.height - 1) * (image.width - 1));
  return Math.min(1, mean / 30);
}

/**
 * The quality that raters would agree on: what level and kind cost, more or less by how much the content hides it.
 *
 * @param appeal what the content adds or takes by itself, in points
 * @param busy the reference's `texture`
 */
export function latentQuality(
  distortion: Distortion | null,
  level: number,
  busy: number,
  appeal: number,
): number {
  const visible = 1 - (distortion?.masking ?? 0) * (2 * busy - 1);
  return PRISTINE + appeal - (LOSS[level] ?? 0) * visible;
}

/**
 * Mean and standard deviation (n - 1) of the opinions of 24 raters on 0 to 100. Each is stricter or milder by his own
 * few points, uses more or less of the scale, wavers by 8 points, and answers in whole points.
 */
export function rate(seed: number, image: number, quality: number): { mos: number; std: number } {
  const opinions = Array.from({ length: RATERS }, (_, rater) => {
    const person = random(seed, 'demo/rater', 0, rater);
    const mildness = person.normal(0, 5);
    const reach = person.normal(1, 0.08);
    const mood = random(seed, 'demo/opinion', rater, image).normal(0, 8);
    const opinion = 50 + (quality - 50) * reach + mildness + mood;
    return Math.min(100, Math.max(0, Math.round(opinion)));
  });
  const mos = opinions.reduce((sum, opinion) => sum + opinion, 0) / RATERS;
  const squares = opinions.reduce((sum, opinion) => sum + (opinion - mos) ** 2, 0);
  return { mos, std: Math.sqrt(squares / (RATERS - 1)) };
}
