import { expect, test } from 'vitest';
import type { ModelDef } from '../../src/worker/models/model';
import type { Spread } from './digest';
import { checkEvaluation, checkTraining } from './exactness';
import type { ExactnessOptions } from './exactness';
import { modesOf, readFixture, runOf } from './exactness-fixture';
import type { Fixture, TrainingMode } from './exactness-fixture';

type Kind = 'gradients' | 'changes' | 'buffers';

/** What relative errors stay below: 95 of 100, half of those of every single tensor and, where it is given, all. */
interface Bound {
  readonly most: number;
  readonly half: number;
  readonly worst?: number;
}

export type Bounds = Readonly<Record<Kind, Bound>> & { readonly losses: number };

/**
 * What every model is held to, relative to PyTorch's float64. The aim is 1e-3 for gradients; `expectFit` makes sure that
 * PyTorch's own float32 is well inside, so a larger error is a difference and not rounding.
 *
 * Losses: the norm term squares a difference of scores divided by h = 0.01, which magnifies the rounding of the scores.
 * Changes: Adam's first steps have one size whatever the gradient, so a gradient near 0 may turn a whole step around;
 * single values are therefore free. Buffers: running means behind a bias whose gradient is rounding follow it.
 */
export const BOUNDS: Bounds = {
  losses: 1e-3,
  gradients: { most: 1e-4, half: 1e-4, worst: 1e-3 },
  changes: { most: 1e-3, half: 1e-3 },
  buffers: { most: 2e-4, half: 1e-3 },
};

/** Fails unless a fixture can tell right from wrong: PyTorch in float32 keeps twice the distance, and the norm term matters. */
function expectFit(fixture: Fixture, mode: TrainingMode, bounds: Bounds): void {
  const run = runOf(mode);
  const own = fixture.float32[run];
  if (!own) throw new Error(`against-torch: the fixture has no "${run}" training`);
  expect(own.losses, 'losses').toBeLessThan(bounds.losses / 2);
  for (const kind of ['gradients', 'changes', 'buffers'] as const) {
    const [most, worst, half] = own[kind];
    expectWithin({ most, worst, half, where: 'PyTorch', tensor: 'PyTorch' }, bounds[kind], kind, 2);
  }
  if (run !== 'baseline') expect(fixture.share[run], 'share').toBeGreaterThan(0.1);
}

function expectWithin(spread: Spread, bound: Bound, kind: Kind, times = 1): void {
  expect(spread.most * times, `${kind}, 95 of 100`).toBeLessThan(bound.most);
  expect(spread.half * times, `${kind}, ${spread.tensor}`).toBeLessThan(bound.half);
  const worst = bound.worst ?? Infinity;
  expect(spread.worst * times, `${kind}, ${spread.where}`).toBeLessThanOrEqual(worst);
}

export interface TrainingComparison extends ExactnessOptions {
  /** Name of the fixture in test/fixtures/torch. */
  readonly fixture: string;
  /** All that the fixture has where absent. */
  readonly modes?: readonly TrainingMode[];
  readonly bounds?: Partial<Bounds>;
}

/** Two seconds for most models, six for HyperIQA; ten times that on a machine that is busy. */
const SLOWLY = 240_000;

/** A test for every mode of training in a fixture, on the engine that is loaded. */
export function testTraining(
  title: string,
  def: ModelDef,
  { fixture: name, modes, bounds: own, ...options }: TrainingComparison,
): void {
  const fixture = readFixture(name);
  const bounds = { ...BOUNDS, ...own };
  test.each(modes ?? modesOf(fixture))(
    `${title}, %s: PyTorch’s losses, gradients, weights and running statistics`,
    { timeout: SLOWLY },
    (mode) => {
      expectFit(fixture, mode, bounds);
      const report = checkTraining(def, fixture, mode, options);
      expect(report.losses.worst, report.losses.where).toBeLessThan(bounds.losses);
      for (const kind of ['gradients', 'changes', 'buffers'] as const) {
        expectWithin(report[kind], bounds[kind], kind);
      }
    },
  );
}

export interface EvaluationComparison extends ExactnessOptions {
  readonly fixture: string;
  /** Tighter than the aims of 1e-4 and 1e-3 where a model allows it. */
  readonly scores?: number;
  readonly inputGradient?: number;
  readonly timeout?: number;
}

/** A test of scores and input gradient against a fixture, on the engine that is loaded. */
export function testEvaluation(
  title: string,
  def: ModelDef,
  comparison: EvaluationComparison,
): void {
  const {
    fixture: name,
    scores: score = 1e-4,
    inputGradient: slope = 1e-3,
    timeout = 60_000,
    ...options
  } = comparison;
  test(title, { timeout }, () => {
    const { scores, inputGradient } = checkEvaluation(def, readFixture(name), options);
    expect(scores.worst, scores.where).toBeLessThan(score);
    expect(inputGradient.worst, inputGradient.where).toBeLessThan(slope);
  });
}
