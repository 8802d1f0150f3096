import type { AttackRow } from '@shared/domain/results';
import type { Warning } from '@shared/domain/run';

/**
 * Doubts about an attack batch that a reader of its numbers should know of (after the flags of
 * Croce & Hein's AutoAttack, 2020, restated for scores). Each code has a paragraph in
 * docs/warnings.md; flags over several batches (more steps do not help, a black-box attack does
 * better) need stored results and are no concern of the worker.
 */
export interface Judged {
  readonly row: Omit<AttackRow, 'artifact'>;
  /** How far outside the ball or [0, 1] the attack's own result lay, [0, 1] pixel units. */
  readonly excess: number;
}

/** Compared on the same pictures: the attack's change of score and that of noise of equal budget. */
export interface NoiseControl {
  readonly attack: readonly number[];
  readonly noise: readonly number[];
}

/** Float32 rounding of x + eps near 1 is 6e-8; anything above this was not rounding. */
const roundingExcess = 1e-6;
const flatShare = 0.5;
const clampedShare = 0.25;
const lostShare = 0.2;
/** So few pictures may be alike by chance. */
const enoughForUnits = 8;
/** How far scores on a 0 to 1 scale may leave it. */
const narrow = 0.5;

/** The doubts a finished (or stopped) batch raises, one warning per kind, with counts. */
export function sanityFlags(judged: readonly Judged[], control: NoiseControl | null): Warning[] {
  if (judged.length === 0) return [];
  return [
    flatGradients(judged),
    outsideTheBall(judged),
    eightBitLoss(judged),
    saturatedScores(judged),
    foreignUnits(judged),
    clampedPixels(judged),
    control ? noiseDoesAsWell(control) : null,
  ].filter((warning) => warning !== null);
}

function flatGradients(judged: readonly Judged[]): Warning | null {
  const flat = judged.filter(({ row }) => row.zeroGradientShare > flatShare);
  const unmoved = judged.filter(({ row }) => row.zeroGradientShare === 1).length;
  if (flat.length === 0) return null;
  const none = unmoved > 0 ? ` On ${unmoved} the gradient was zero everywhere.` : '';
  return only(flat, {
    code: 'zero-gradient',
    message: `The gradient was exactly zero on more than half of the pixels of ${of(flat, judged)}.${none}`,
  });
}

function outsideTheBall(judged: readonly Judged[]): Warning | null {
  const outside = judged.filter(({ excess }) => excess > roundingExcess);
  if (outside.length === 0) return null;
  const worst = Math.max(...outside.map(({ excess }) => excess));
  return only(outside, {
    code: 'outside-ball',
    message: `The attack left its budget on ${of(outside, judged)}, by up to ${worst.toExponential(1)}; its results were brought back before they were scored.`,
  });
}

function eightBitLoss(judged: readonly Judged[]): Warning | null {
  const float = rms(judged.map(({ row }) => row.attackedFloat - row.clean));
  const eightBit = rms(judged.map(({ row }) => row.attackedEightBit - row.clean));
  if (float === 0 || eightBit >= (1 - lostShare) * float) return null;
  return {
    code: 'eight-bit-loss',
    message: `Saved in 8 bit, the pictures keep ${percent(eightBit / float)} of the change of score (RMSE ${eightBit.toFixed(2)} instead of ${float.toFixed(2)}).`,
  };
}

function saturatedScores(judged: readonly Judged[]): Warning | null {
  const atEnd = judged.filter(({ row }) => row.attackedFloat === 0 || row.attackedFloat === 100);
  if (atEnd.length === 0) return null;
  return only(atEnd, {
    code: 'score-saturated',
    message: `The attacked score of ${of(atEnd, judged)} is exactly 0 or 100: the model's output is clamped there, where its gradient vanishes.`,
  });
}

/** A lab score of photographs that stays within a point or leaves the scale by half is no lab score. */
function foreignUnits(judged: readonly Judged[]): Warning | null {
  if (judged.length < enoughForUnits) return null;
  const clean = judged.map(({ row }) => row.clean);
  const [low, high] = [Math.min(...clean), Math.max(...clean)];
  if (low >= -50 && high <= 150 && (low < -narrow || high > 1 + narrow)) return null;
  return {
    code: 'score-units',
    message: `The clean scores of ${judged.length} pictures run from ${low.toPrecision(3)} to ${high.toPrecision(3)}: not the 0 to 100 that the attack's settings are made for.`,
  };
}

function clampedPixels(judged: readonly Judged[]): Warning | null {
  const clamped = judged.filter(({ row }) => row.clampedShare > clampedShare);
  if (clamped.length === 0) return null;
  return only(clamped, {
    code: 'pixels-clamped',
    message: `More than a quarter of the pixels of ${of(clamped, judged)} ended on pure black or white, so the attack had less room there.`,
  });
}

function noiseDoesAsWell({ attack, noise }: NoiseControl): Warning | null {
  const byAttack = rms(attack);
  const byNoise = rms(noise);
  if (attack.length === 0 || byNoise < byAttack) return null;
  return {
    code: 'noise-does-as-well',
    message: `Random noise of the same size changed the scores of ${attack.length} pictures by RMSE ${byNoise.toFixed(2)}, the attack by ${byAttack.toFixed(2)}.`,
  };
}

/** Points to the picture where there is just one. */
function only(flagged: readonly Judged[], warning: Warning): Warning {
  const [first] = flagged;
  return first && flagged.length === 1 ? { ...warning, imageId: first.row.imageId } : warning;
}

function of(flagged: readonly unknown[], all: readonly unknown[]): string {
  return `${flagged.length} of ${all.length} ${all.length === 1 ? 'picture' : 'pictures'}`;
}

function rms(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
