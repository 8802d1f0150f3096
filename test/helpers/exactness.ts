import * as tf from '@tensorflow/tfjs-core';
import { checkValues } from '@shared/params';
import type { ParamValues } from '@shared/params';
import { record } from '../../src/worker/engine';
import type { ForwardContext, Model, ModelDef } from '../../src/worker/models/model';
import { buildTraining, computeStep } from '../../src/worker/training';
import type { StepResult, Training } from '../../src/worker/training';
import { digestOf, relativeErrors, spreadOf } from './digest';
import type { Digest, Spread } from './digest';
import { drawnRatings, drawnState, tintedPictures } from './drawn';
import { runOf } from './exactness-fixture';
import type { Digests, Fixture, TrainingMode } from './exactness-fixture';

const evaluation: ForwardContext = { training: false, seed: 0, step: 0, batchNorm: 'running' };

export interface ExactnessOptions {
  /** State-dict entries with true values of their own (index tables, masks). */
  readonly keep?: (name: string) => boolean;
}

function load(model: Model, fixture: Fixture, { keep }: ExactnessOptions): void {
  model.loadStateDict(
    drawnState(model.stateDict(), {
      salt: fixture.salt,
      gain: fixture.gain,
      rules: fixture.rules,
      // What PyTorch's model does not have (a mapping to ratings) keeps its start as well.
      keep: (name) => !(name in fixture.state) || (keep?.(name) ?? false),
    }),
  );
}

/** Relative errors of scores and input gradient in evaluation mode, on the engine that is loaded. */
export function checkEvaluation(
  def: ModelDef,
  fixture: Fixture,
  options: ExactnessOptions = {},
): { scores: Spread; inputGradient: Spread } {
  const model = def.build(checkValues(def.id, def.params, fixture.values), 1);
  load(model, fixture, options);
  const x = tf.tensor4d(tintedPictures(fixture.shape, fixture.tile), fixture.shape);
  const pass = record(() => model.forward(x, evaluation), [x]);
  const ones = tf.onesLike(pass.output);
  const [gradient] = pass.pullback(ones, [x], { last: true });
  const digest = digestOf('input', gradient?.dataSync<'float32'>() ?? [], 16);
  const report = {
    scores: spreadOf([['scores', valueErrors([...pass.output.dataSync()], fixture.scores)]]),
    inputGradient: spreadOf([['input', relativeErrors(digest, fixture.inputGradient, x.size)]]),
  };
  tf.dispose([x, ones, ...(gradient ? [gradient] : [])]);
  pass.dispose();
  model.dispose();
  return report;
}

/** Each value against itself; a value that should be 0 must be. */
function valueErrors(actual: readonly number[], expected: readonly number[]): number[] {
  if (actual.length !== expected.length) {
    throw new Error(`exactness: got ${actual.length} values, expected ${expected.length}`);
  }
  return expected.map((want, i) => {
    const off = Math.abs((actual[i] ?? Number.NaN) - want);
    return off === 0 ? 0 : off / Math.abs(want);
  });
}

/** How much of a tensor the fixture holds beside its sum and norm. */
const SAMPLES = { gradients: 4, changes: 8, buffers: 4 } as const;

export type TrainingReport = Readonly<
  Record<'losses' | 'gradients' | 'changes' | 'buffers', Spread>
>;

/**
 * Relative errors of the losses, of the first step's gradients, and of all weights and buffers after the fixture's steps
 * of the model's own recipe. Weights are compared by how far they moved.
 */
export function checkTraining(
  def: ModelDef,
  fixture: Fixture,
  mode: TrainingMode,
  options: ExactnessOptions = {},
): TrainingReport {
  const training = buildTraining(def, {
    modelParams: fixture.values,
    trainer: fixture.trainer,
    nt: mode === 'baseline' ? null : ntValues(def, fixture, mode),
    seed: 1,
  });
  load(training.model, fixture, options);
  const run = fixture[runOf(mode)];
  if (!run) throw new Error(`exactness: the fixture of ${def.id} has no "${mode}" training`);
  const start = training.model.stateDict();
  const { losses, gradients } = steps(training, fixture, run.losses.length);
  const end = training.model.stateDict();
  const rate = training.learningRate({ epoch: 0, step: 0, totalSteps: 1 });
  training.dispose();

  const change = (name: string, count: number): Digest => {
    const [before, after] = [start.get(name)?.data, end.get(name)?.data];
    if (!before || !after) throw new Error(`exactness: the model has no "${name}"`);
    const difference = new Float64Array(after.length);
    for (let i = 0; i < after.length; i++) difference[i] = (after[i] ?? 0) - (before[i] ?? 0);
    return digestOf(name, difference, count);
  };
  // Stored in float32, a weight may be off by half a unit in its last place after each step.
  const rounding = (name: string): number => {
    const largest = start.get(name)?.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0) ?? 0;
    return run.losses.length * largest * 2 ** -24;
  };
  const still = new Set(fixture.still);
  for (const name of still) {
    // Nothing but rounding decides where these go, and the model ignores them; Adam's steps are at most its rate.
    const size = Math.max(...change(name, SAMPLES.changes).slice(2).map(Math.abs));
    if (size > run.losses.length * 10 * rate) throw new Error(`"${name}" moved by ${size}`);
  }
  const compare = (
    digests: Digests,
    actual: (name: string) => Digest,
    allowed: (name: string) => number = () => 0,
  ): Spread =>
    spreadOf(
      Object.entries(digests)
        .filter(([name]) => !still.has(name))
        .map(([name, expected]) => {
          const size = start.get(name)?.data.length ?? 0;
          return [name, relativeErrors(actual(name), expected, size, allowed(name))];
        }),
    );
  return {
    losses: spreadOf(
      run.losses.map((pair, i) => [`step ${i + 1}`, valueErrors(losses[i] ?? [], pair)]),
    ),
    gradients: compare(run.gradients, (name) => gradients.get(name) ?? []),
    changes: compare(run.changes, (name) => change(name, SAMPLES.changes), rounding),
    buffers: compare(
      (mode === 'described' ? (fixture.described ?? run) : run).buffers,
      (name) => change(name, SAMPLES.buffers),
      rounding,
    ),
  };
}

/**
 * The settings of a mode. As described there is no factor 1/2, and half the lambda makes up for it: the same weights by
 * another way. What is left open by both stands as the lab has it.
 */
function ntValues(def: ModelDef, { lambda, h }: Fixture, mode: TrainingMode): ParamValues {
  const described = mode === 'described';
  const ownPasses = mode === 'released' || mode === 'running';
  return {
    lambda: described ? lambda / 2 : lambda,
    h,
    half: !described,
    space: 'normalised',
    batchNorm: mode === 'running' ? 'running' : mode === 'released' ? 'batch' : 'batch-frozen',
    sharedPass: !ownPasses,
    ...(def.mapped ? { target: mode === 'standardised' ? 'standardised' : 'raw' } : {}),
  };
}

function steps(
  training: Training,
  fixture: Fixture,
  count: number,
): { losses: number[][]; gradients: Map<string, Digest> } {
  const x = tf.tensor4d(tintedPictures(fixture.shape, fixture.tile), fixture.shape);
  const ratings = training.toLossScale(drawnRatings(fixture.shape[0], ...fixture.ratings));
  const losses: number[][] = [];
  let first = new Map<string, Digest>();
  for (let step = 0; step < count; step++) {
    const { model, optimizer } = training;
    const result = computeStep(model, x, ratings, training.stepAt(0), step);
    losses.push([result.qualityLoss, result.normTerm]);
    if (step === 0) first = gradientDigests(training, result);
    optimizer.step(
      result.gradients,
      training.rateFactor({ epoch: 0, step, totalSteps: 100 * training.epochs }),
    );
    for (const gradient of result.gradients.values()) gradient?.dispose();
  }
  x.dispose();
  return { losses, gradients: first };
}

/** First gradients in PyTorch's layout: lent to the variables, which know how to turn themselves. */
function gradientDigests({ model }: Training, { gradients }: StepResult): Map<string, Digest> {
  const parameters = model.parameters();
  const kept = new Map<string, tf.Tensor>();
  for (const [name, variable] of parameters) {
    const gradient = gradients.get(name);
    if (!gradient) continue;
    kept.set(name, variable.clone());
    variable.assign(gradient);
  }
  const state = model.stateDict();
  for (const [name, value] of kept) {
    parameters.get(name)?.assign(value);
    value.dispose();
  }
  return new Map(
    [...kept.keys()].map((name) => [
      name,
      digestOf(name, state.get(name)?.data ?? [], SAMPLES.gradients),
    ]),
  );
}
