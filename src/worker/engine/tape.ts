import * as tf from '@tensorflow/tfjs-core';
import { shapeText } from './shape';

/**
 * Reverse-mode helper over TensorFlow.js' own tape: one recorded forward pass, any number of pull-backs.
 *
 * `tf.grads` keeps every intermediate cotangent and every saved tensor until it returns, and forgets the pass
 * afterwards. The NT step needs the clean pass twice (input gradient first, parameter gradient later, with another
 * cotangent), and large bodies do not fit unless memory is given back on the way. Here a cotangent is disposed as
 * soon as the node it belongs to has been walked, and a saved tensor as soon as the last walk has passed it.
 */
export interface TapeNode {
  readonly id: number;
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  readonly gradient?: (dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>;
  readonly saved?: readonly tf.Tensor[];
  /** In place of `gradient`: cotangents of the named inputs only, all at once; absent where there is none. */
  readonly pull?: (dys: (tf.Tensor | null)[], names: readonly string[]) => tf.NamedTensorMap;
}

/** The part of tfjs' Engine used here; it declares these members private although its own tape lives on them. */
interface TapeEngine {
  startTape(): void;
  endTape(): void;
  readonly state: TapeState;
}

interface TapeState {
  gradientDepth: number;
  activeTape: TapeNode[] | null;
}

/** The recording under way in tfjs' engine; only this folder touches it. */
export function tapeState(): TapeState {
  return (tf.engine() as unknown as TapeEngine).state;
}

export interface PullbackOptions {
  /** Walks the tape for the last time: saved tensors are freed as they are passed. Default false. */
  readonly last?: boolean;
}

/** A recorded forward pass. Owns its output and saved tensors until `dispose`. */
export interface Pass<T extends tf.Tensor> {
  readonly output: T;
  /**
   * The vector-Jacobian product: cotangent of each wanted leaf for a given cotangent of the output.
   *
   * @param dy same shape as the output, float32; stays the caller's
   * @param wrt some of the leaves given to `record`
   * @returns one tensor per leaf, null where the output does not depend on it; the caller disposes them
   */
  pullback(
    dy: tf.Tensor,
    wrt: readonly tf.Tensor[],
    options?: PullbackOptions,
  ): (tf.Tensor | null)[];
  dispose(): void;
}

/**
 * Runs `forward` once and records what its gradients need.
 *
 * @param forward pure function of tensors; intermediates are tidied away
 * @param leaves every tensor (inputs, parameters) a gradient may later be asked for
 */
export function record<T extends tf.Tensor>(
  forward: () => T,
  leaves: readonly tf.Tensor[],
): Pass<T> {
  const engine = tf.engine() as unknown as TapeEngine;
  if (engine.state.gradientDepth > 0) {
    throw new Error('record: cannot be used inside another recording or inside tf.grad');
  }
  engine.startTape();
  const nodes = engine.state.activeTape ?? [];
  let output: T;
  try {
    output = tf.keep(
      tf.tidy(() => {
        const y = forward();
        // The pass owns its output; a forward that returns a leaf must not hand that leaf over.
        return leaves.includes(y) ? y.clone() : y;
      }),
    );
  } catch (error) {
    nodes.forEach(freeSaved);
    throw error;
  } finally {
    engine.endTape();
    engine.state.activeTape = null;
  }
  return new RecordedPass(output, nodes, leaves);
}

/** Whether a pass is being recorded: kernels leave out what only a gradient would need when none is. */
export function isRecording(): boolean {
  return tapeState().gradientDepth > 0;
}

class RecordedPass<T extends tf.Tensor> implements Pass<T> {
  readonly output: T;
  #nodes: readonly TapeNode[];
  readonly #leaves: ReadonlySet<number>;
  #spent = false;

  constructor(output: T, nodes: readonly TapeNode[], leaves: readonly tf.Tensor[]) {
    this.output = output;
    this.#leaves = new Set(leaves.map((leaf) => leaf.id));
    const onPath = new Set(nodesBetween(nodes, this.#leaves, output.id));
    for (const node of nodes) if (!onPath.has(node)) freeSaved(node);
    this.#nodes = [...onPath];
  }

  pullback(
    dy: tf.Tensor,
    wrt: readonly tf.Tensor[],
    { last = false }: PullbackOptions = {},
  ): (tf.Tensor | null)[] {
    if (this.#spent) {
      throw new Error('pullback: the last walk over this pass has been made, or it was disposed');
    }
    if (!tf.util.arraysEqual(dy.shape, this.output.shape)) {
      throw new Error(
        `pullback: cotangent must have the output's shape ${shapeText(this.output.shape)}, got ${shapeText(dy.shape)}`,
      );
    }
    for (const leaf of wrt) {
      if (!this.#leaves.has(leaf.id)) {
        throw new Error(
          `pullback: tensor of shape ${shapeText(leaf.shape)} is not a leaf of this pass`,
        );
      }
    }
    const cotangents = new Cotangents(dy, this.output.id, new Set(wrt.map((leaf) => leaf.id)));
    const path = nodesBetween(this.#nodes, cotangents.wanted, this.output.id);
    const fromWanted = reachableFrom(path, cotangents.wanted);
    try {
      for (const node of path.reverse()) {
        walk(node, cotangents, fromWanted);
        if (last) freeSaved(node);
      }
      return wrt.map((leaf) => cotangents.take(leaf.id));
    } finally {
      cotangents.dispose();
      if (last) this.#release();
    }
  }

  dispose(): void {
    this.#release();
    if (!this.output.isDisposed) this.output.dispose();
  }

  #release(): void {
    this.#spent = true;
    this.#nodes.forEach(freeSaved);
    this.#nodes = [];
  }
}

/** Cotangents by tensor id while a walk is under way; owns all but the one it was started with. */
class Cotangents {
  readonly wanted: ReadonlySet<number>;
  readonly #byTensor = new Map<number, tf.Tensor>();
  readonly #given: tf.Tensor;

  constructor(dy: tf.Tensor, outputId: number, wanted: ReadonlySet<number>) {
    this.wanted = wanted;
    this.#given = dy;
    this.#byTensor.set(outputId, dy);
  }

  get(id: number): tf.Tensor | null {
    return this.#byTensor.get(id) ?? null;
  }

  add(id: number, dx: tf.Tensor): void {
    const present = this.#byTensor.get(id);
    if (present === undefined) {
      this.#byTensor.set(id, dx);
      return;
    }
    this.#byTensor.set(id, tf.add(present, dx));
    dx.dispose();
    this.#free(present);
  }

  /** Called when every node that reads the tensor has been walked. */
  drop(id: number): void {
    if (this.wanted.has(id)) return;
    const cotangent = this.#byTensor.get(id);
    this.#byTensor.delete(id);
    if (cotangent) this.#free(cotangent);
  }

  /** Hands a leaf's cotangent to the caller; the given one is copied so that ownership stays clear. */
  take(id: number): tf.Tensor | null {
    const cotangent = this.#byTensor.get(id) ?? null;
    this.#byTensor.delete(id);
    return cotangent === this.#given ? this.#given.clone() : cotangent;
  }

  dispose(): void {
    for (const cotangent of this.#byTensor.values()) this.#free(cotangent);
    this.#byTensor.clear();
  }

  #free(cotangent: tf.Tensor): void {
    if (cotangent !== this.#given && !cotangent.isDisposed) cotangent.dispose();
  }
}

/** Pulls the cotangents of one node's outputs back to those of its inputs that lead to a wanted leaf. */
function walk(node: TapeNode, cotangents: Cotangents, fromWanted: ReadonlySet<number>): void {
  const dys = node.outputs.map((output) => cotangents.get(output.id));
  if (dys.every((dy) => dy === null)) return;
  const names = Object.keys(node.inputs).filter((name) =>
    fromWanted.has(node.inputs[name]?.id ?? -1),
  );
  // One tidy for the whole node: a gradient may compute all of its parts at once and share them.
  const gradients = tf.tidy(() => (node.pull ?? pullEach(node))(dys, names));
  for (const [name, dx] of Object.entries(gradients)) {
    const input = node.inputs[name];
    if (input) cotangents.add(input.id, dx);
  }
  for (const output of node.outputs) cotangents.drop(output.id);
}

/** The gradients of a node as tfjs registers them: one function per input. */
function pullEach(node: TapeNode): NonNullable<TapeNode['pull']> {
  return (dys, names) => {
    if (!node.gradient) throw new Error(`pullback: ${node.kernelName} has no gradient`);
    const thunks = node.gradient(dys);
    const parts = names.map((name) => {
      const dx = thunks[name]?.();
      const input = node.inputs[name];
      if (!dx || !input || !tf.util.arraysEqual(dx.shape, input.shape)) {
        throw new Error(
          `pullback: gradient of ${node.kernelName} for "${name}" must have shape ${shapeText(input?.shape)}, got ${shapeText(dx?.shape)}`,
        );
      }
      return [name, dys.includes(dx) ? dx.clone() : dx] as const;
    });
    return Object.fromEntries(parts);
  };
}

/** Ids of all tensors that depend on a start tensor, the starts included. */
function reachableFrom(
  nodes: readonly TapeNode[],
  starts: ReadonlySet<number>,
): ReadonlySet<number> {
  const reached = new Set(starts);
  for (const node of nodes) {
    if (Object.values(node.inputs).some((input) => reached.has(input.id))) {
      for (const output of node.outputs) reached.add(output.id);
    }
  }
  return reached;
}

/** Nodes on a path from a start tensor to the end tensor, in recorded order. */
function nodesBetween(
  nodes: readonly TapeNode[],
  starts: ReadonlySet<number>,
  end: number,
): TapeNode[] {
  const forward = reachableFrom(nodes, starts);
  const leads = new Set([end]);
  const between: TapeNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((output) => leads.has(output.id))) continue;
    const inputs = Object.values(node.inputs);
    if (!inputs.some((input) => forward.has(input.id))) continue;
    for (const input of inputs) leads.add(input.id);
    between.push(node);
  }
  return between.reverse();
}

function freeSaved(node: TapeNode): void {
  for (const tensor of node.saved ?? []) if (!tensor.isDisposed) tensor.dispose();
}
