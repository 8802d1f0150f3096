import * as tf from '@tensorflow/tfjs-core';
import { LabError } from '@shared/errors';
import type { ParamSpec, ParamValues } from '@shared/params';
import type { StateEntry } from '../../nn';

/** Parameters that share a learning rate and a weight decay. */
export interface ParameterGroup {
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  readonly learningRate: number;
  /** Coupled: decay times the weight is added to its gradient (L2), as in PyTorch's Adam and SGD. */
  readonly weightDecay: number;
}

/** Gradients by parameter name; null or absent where a parameter has no path to the loss. */
export type Gradients = ReadonlyMap<string, tf.Tensor | null>;

/**
 * Factor on the groups' learning rates: one for all, or one per group. Null leaves a group out: its parameters are not
 * touched, and moments it had are forgotten.
 */
export type RateFactor = number | readonly (number | null)[];

export interface Optimizer {
  /** Updates every parameter that has a gradient; one without is skipped completely, decay included. */
  step(gradients: Gradients, rateFactor: RateFactor): void;
  /** Moments and step counts, enough to continue with the same bits. */
  state(): Map<string, StateEntry>;
  /** @throws LabError `bad-input` where an entry does not fit */
  load(state: ReadonlyMap<string, StateEntry>): void;
  dispose(): void;
}

export interface OptimizerDef {
  /** The file's stem. */
  readonly id: string;
  readonly title: string;
  readonly help: string;
  readonly params: readonly ParamSpec[];
  build(groups: readonly ParameterGroup[], values: Readonly<ParamValues>): Optimizer;
}

/** What an optimiser remembers of one parameter: named moments of its shape, and the steps it has taken. */
export interface Slot {
  readonly moments: Map<string, tf.Tensor>;
  steps: number;
}

/** One parameter's new moments and the change to be added to it. */
export interface Update {
  readonly change: tf.Tensor;
  readonly moments: Readonly<Record<string, tf.Tensor>>;
}

/**
 * The part all optimisers share: groups, skipping, coupled decay, bookkeeping of moments. An optimiser is then one
 * formula for one parameter.
 *
 * @param update computes from the decayed gradient; runs inside a tidy
 */
export function slotOptimizer(
  groups: readonly ParameterGroup[],
  update: (gradient: tf.Tensor, slot: Slot, learningRate: number) => Update,
): Optimizer {
  const slots = new Map<string, Slot>();
  const known = new Map(groups.flatMap((group) => [...group.parameters]));

  function slotOf(name: string): Slot {
    const slot = slots.get(name) ?? { moments: new Map<string, tf.Tensor>(), steps: 0 };
    slots.set(name, slot);
    return slot;
  }

  function forget(name: string): void {
    tf.dispose([...(slots.get(name)?.moments.values() ?? [])]);
    slots.delete(name);
  }

  function apply(name: string, gradient: tf.Tensor, group: ParameterGroup, rate: number): void {
    const parameter = known.get(name) as tf.Variable;
    const slot = slotOf(name);
    slot.steps += 1;
    const { next, moments } = tf.tidy(() => {
      const decayed =
        group.weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, group.weightDecay));
      const result = update(decayed, slot, rate);
      return { next: tf.add(parameter, result.change), moments: result.moments };
    });
    for (const [key, moment] of Object.entries(moments)) {
      slot.moments.get(key)?.dispose();
      slot.moments.set(key, tf.keep(moment));
    }
    parameter.assign(next);
    next.dispose();
  }

  return {
    step(gradients, rateFactor) {
      for (const [index, group] of groups.entries()) {
        const factor = typeof rateFactor === 'number' ? rateFactor : (rateFactor[index] ?? null);
        for (const name of group.parameters.keys()) {
          const gradient = gradients.get(name);
          if (factor === null) forget(name);
          else if (gradient) apply(name, gradient, group, group.learningRate * factor);
        }
      }
    },
    state() {
      const entries = new Map<string, StateEntry>();
      for (const [name, slot] of slots) {
        entries.set(`${name}/steps`, { shape: [], data: Float32Array.of(slot.steps) });
        for (const [key, moment] of slot.moments) {
          const data = moment.dataSync<'float32'>().slice();
          entries.set(`${name}/${key}`, { shape: [...moment.shape], data });
        }
      }
      return entries;
    },
    load(state) {
      const entries = [...state].map(([path, entry]) => ({ ...address(path), path, entry }));
      for (const { name, key, path, entry } of entries) {
        const shape = key === 'steps' ? [] : known.get(name)?.shape;
        if (!known.has(name) || !sameShape(entry.shape, shape)) throw foreign(path);
      }
      for (const { name, key, entry } of entries) {
        const slot = slotOf(name);
        if (key === 'steps') {
          slot.steps = entry.data[0] ?? 0;
          continue;
        }
        slot.moments.get(key)?.dispose();
        // Copied: a backend may keep the array it is given until it first needs it.
        slot.moments.set(key, tf.keep(tf.tensor(entry.data.slice(), [...entry.shape])));
      }
    },
    dispose() {
      for (const slot of slots.values()) tf.dispose([...slot.moments.values()]);
      slots.clear();
    },
  };
}

function sameShape(a: readonly number[], b: readonly number[] | undefined): boolean {
  return b !== undefined && tf.util.arraysEqual([...a], [...b]);
}

/** State entries are called `<parameter>/<moment>`. */
function address(path: string): { name: string; key: string } {
  const separator = path.lastIndexOf('/');
  return { name: path.slice(0, separator), key: path.slice(separator + 1) };
}

function foreign(path: string): LabError {
  return new LabError({
    kind: 'bad-input',
    message: `optimiser state "${path}" does not belong to this model`,
    safe: 'Nothing was loaded.',
    next: 'Resume with the settings the checkpoint was written with.',
  });
}
