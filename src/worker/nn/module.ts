import * as tf from '@tensorflow/tfjs-core';
import { LabError } from '@shared/errors';
import { random } from '@shared/random';
import { shapeText } from '../engine';
import type { Initialiser } from './init';
import { engineShape, toEngine, toState } from './layout';
import type { Layout } from './layout';

/** Where a module stands in the tree, and the seed its weights are drawn from. */
export class Scope {
  constructor(
    readonly seed: number,
    readonly path = '',
  ) {}

  child(name: string): Scope {
    return new Scope(this.seed, this.path === '' ? name : `${this.path}.${name}`);
  }
}

export interface StateEntry {
  readonly shape: number[];
  readonly data: Float32Array;
}

interface Weight {
  readonly name: string;
  /** PyTorch's shape. */
  readonly shape: readonly number[];
  readonly layout: Layout;
  readonly trainable: boolean;
  readonly variable: tf.Variable;
}

/**
 * A node of the network tree: weights of its own and children, under PyTorch state-dict names.
 * A weight's initial values depend on the seed and its full name only, not on the order of construction.
 */
export abstract class Module {
  readonly #scope: Scope;
  readonly #weights: Weight[] = [];
  readonly #children: Module[] = [];

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  protected child<M extends Module>(name: string, build: (scope: Scope) => M): M {
    const module = build(this.#scope.child(name));
    this.#children.push(module);
    return module;
  }

  /** A trainable weight; `shape` is PyTorch's, the variable has the engine's. */
  protected parameter<T extends tf.Variable>(
    name: string,
    shape: readonly number[],
    layout: Layout,
    initialise: Initialiser,
  ): T {
    const path = this.#scope.child(name).path;
    const count = tf.util.sizeFromShape([...shape]);
    const data = initialise(random(this.#scope.seed, `init/${path}`), count);
    return this.#add(path, shape, layout, true, data) as T;
  }

  /** State that is stored but not trained, such as running statistics or a table of indices. */
  protected buffer<T extends tf.Variable>(
    name: string,
    shape: readonly number[],
    value: number | Float32Array,
  ): T {
    const data =
      typeof value === 'number'
        ? new Float32Array(tf.util.sizeFromShape([...shape])).fill(value)
        : value;
    return this.#add(this.#scope.child(name).path, shape, 'plain', false, data) as T;
  }

  #add(
    name: string,
    shape: readonly number[],
    layout: Layout,
    trainable: boolean,
    data: Float32Array,
  ): tf.Variable {
    const initial = tf.tensor(toEngine(layout, data, shape), engineShape(layout, shape));
    const variable = tf.variable(initial, trainable);
    initial.dispose();
    this.#weights.push({ name, shape, layout, trainable, variable });
    return variable;
  }

  #all(): Weight[] {
    return [...this.#weights, ...this.#children.flatMap((child) => child.#all())];
  }

  /** Trainable tensors by state-dict name, in order of declaration. */
  parameters(): ReadonlyMap<string, tf.Variable> {
    const trainable = this.#all().filter((weight) => weight.trainable);
    return new Map(trainable.map((weight) => [weight.name, weight.variable]));
  }

  /** Parameters and buffers by state-dict name, in PyTorch's shapes and order of values. */
  stateDict(): Map<string, StateEntry> {
    return new Map(
      this.#all().map(({ name, shape, layout, variable }) => [
        name,
        { shape: [...shape], data: toState(layout, variable.dataSync<'float32'>().slice(), shape) },
      ]),
    );
  }

  /**
   * Replaces all weights. Nothing is changed unless every entry fits.
   * `num_batches_tracked` may be missing, as in files written before PyTorch 0.4.1.
   *
   * @throws LabError `bad-input` naming the missing, unknown or misshapen entry
   */
  loadStateDict(
    state: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>,
  ): void {
    const weights = this.#all();
    const known = new Set(weights.map((weight) => weight.name));
    for (const name of state.keys()) {
      if (!known.has(name)) throw refused(`weights hold "${name}", which this model does not have`);
    }
    for (const { name, shape } of weights) {
      const entry = state.get(name);
      if (!entry && !name.endsWith('num_batches_tracked')) {
        throw refused(`weights lack "${name}"`);
      }
      if (entry && !tf.util.arraysEqual([...entry.shape], [...shape])) {
        throw refused(
          `weight "${name}" must have shape ${shapeText(shape)}, got ${shapeText(entry.shape)}`,
        );
      }
      if (entry && entry.data.length !== tf.util.sizeFromShape([...shape])) {
        throw refused(
          `weight "${name}" must hold ${shapeText(shape)} values, got ${entry.data.length}`,
        );
      }
    }
    for (const { name, shape, layout, variable } of weights) {
      const entry = state.get(name);
      if (!entry) continue;
      const value = tf.tensor(
        // Copied: a backend may keep the array it is given until it first needs it.
        toEngine(layout, entry.data.slice(), shape),
        variable.shape,
      );
      variable.assign(value);
      value.dispose();
    }
  }

  dispose(): void {
    for (const { variable } of this.#all()) variable.dispose();
  }
}

function refused(message: string): LabError {
  return new LabError({
    kind: 'bad-input',
    message,
    safe: 'The model keeps the weights it had.',
    next: 'Choose a file that was saved from the same model with the same settings.',
  });
}
