import * as tf from '@tensorflow/tfjs-core';
import {
  Conv2d,
  LayerNorm,
  Linear,
  Module,
  MultiHeadAttention,
  constant,
  gelu,
  normal,
  recomputed,
} from '../../nn';
import type { Scope } from '../../nn';

export interface VisionTransformerOptions {
  /** Side of the square picture, a multiple of `patch`. */
  readonly size: number;
  readonly patch: number;
  readonly channels: number;
  readonly heads: number;
  readonly depth: number;
  /** Blocks (0-based) whose outputs are wanted, in rising order. */
  readonly taps: readonly number[];
}

/** timm's vision transformers use this one; PyTorch's default is 1e-5. */
const EPSILON = 1e-6;
/** Of the initial weights, as timm draws them; biases start at 0. */
const DEVIATION = 0.02;
/** Classes of the head that ImageNet weights carry. */
const CLASSES = 1000;

/** Two linear layers with an exact GELU in between, as in timm. */
export class Mlp extends Module {
  readonly #fc1: Linear;
  readonly #fc2: Linear;

  constructor(
    scope: Scope,
    { channels, hidden, draw }: { channels: number; hidden: number; draw?: 'normal' },
  ) {
    super(scope);
    const initial = draw ? { initialise: normal(DEVIATION), initialiseBias: constant(0) } : {};
    const linear = (name: string, inputs: number, outputs: number): Linear =>
      this.child(name, (inner) => new Linear(inner, { inputs, outputs, ...initial }));
    this.#fc1 = linear('fc1', channels, hidden);
    this.#fc2 = linear('fc2', hidden, channels);
  }

  /** @param x `[..., channels]`; @returns the same shape */
  forward<T extends tf.Tensor>(x: T): T {
    return tf.tidy(() => this.#fc2.forward(gelu(this.#fc1.forward(x))));
  }
}

/** Pre-norm block: x + attention(norm(x)), then x + mlp(norm(x)). */
class Block extends Module {
  readonly #norm1: LayerNorm;
  readonly #attention: MultiHeadAttention;
  readonly #norm2: LayerNorm;
  readonly #mlp: Mlp;

  constructor(scope: Scope, { channels, heads }: VisionTransformerOptions) {
    super(scope);
    const initial = { initialise: normal(DEVIATION), initialiseBias: constant(0) };
    this.#norm1 = this.child('norm1', (inner) => new LayerNorm(inner, channels, EPSILON));
    this.#attention = this.child(
      'attn',
      (inner) => new MultiHeadAttention(inner, { channels, heads, ...initial }),
    );
    this.#norm2 = this.child('norm2', (inner) => new LayerNorm(inner, channels, EPSILON));
    this.#mlp = this.child(
      'mlp',
      (inner) => new Mlp(inner, { channels, hidden: 4 * channels, draw: 'normal' }),
    );
  }

  forward(x: tf.Tensor3D): tf.Tensor3D {
    return tf.tidy(() => {
      const seen: tf.Tensor3D = tf.add(x, this.#attention.forward(this.#norm1.forward(x)));
      return tf.add(seen, this.#mlp.forward(this.#norm2.forward(seen)));
    });
  }
}

/** The convolution that turns patches into tokens, under timm's name. */
class PatchEmbedding extends Module {
  readonly #proj: Conv2d;

  constructor(scope: Scope, { patch, channels }: VisionTransformerOptions) {
    super(scope);
    this.#proj = this.child(
      'proj',
      (inner) => new Conv2d(inner, { inputs: 3, outputs: channels, kernel: patch, stride: patch }),
    );
  }

  /** @returns tokens `[n, rows * columns, channels]`, row by row */
  forward(x: tf.Tensor4D): tf.Tensor3D {
    const map = this.#proj.forward(x);
    return tf.reshape(map, [x.shape[0], -1, map.shape[3]]);
  }
}

/**
 * Vision transformer (Dosovitskiy et al., ICLR 2021) under timm's names, as a source of features: the outputs of chosen
 * blocks before the final norm. Blocks after the last chosen one, the final norm and the classifier are held, because
 * weight files have them, but never run.
 */
export class VisionTransformer extends Module {
  /** Names inside this module whose weights no output depends on. */
  readonly idle: readonly string[];
  readonly #class: tf.Variable<tf.Rank.R3>;
  readonly #position: tf.Variable<tf.Rank.R3>;
  readonly #patches: PatchEmbedding;
  readonly #blocks: readonly Block[];
  readonly #taps: ReadonlySet<number>;

  constructor(scope: Scope, options: VisionTransformerOptions) {
    super(scope);
    const { size, patch, channels, depth, taps } = options;
    const tokens = (size / patch) ** 2 + 1;
    this.#class = this.parameter('cls_token', [1, 1, channels], 'plain', normal(DEVIATION));
    this.#position = this.parameter('pos_embed', [1, tokens, channels], 'plain', normal(DEVIATION));
    this.#patches = this.child('patch_embed', (inner) => new PatchEmbedding(inner, options));
    const blocks = Array.from({ length: depth }, (_, i) =>
      this.child(`blocks.${i}`, (inner) => new Block(inner, options)),
    );
    this.child('norm', (inner) => new LayerNorm(inner, channels, EPSILON));
    this.child('head', (inner) => new Linear(inner, { inputs: channels, outputs: CLASSES }));
    const run = (taps.at(-1) ?? -1) + 1;
    this.#blocks = blocks.slice(0, run);
    this.#taps = new Set(taps);
    const unused = Array.from({ length: depth - run }, (_, i) => `blocks.${run + i}.`);
    this.idle = [...unused, 'norm.', 'head.'];
  }

  /**
   * @param x normalised `[n, size, size, 3]`; @param recompute keeps no activations inside blocks
   * @returns outputs of the chosen blocks without the class token, each `[n, (size / patch)^2, channels]`
   */
  forward(x: tf.Tensor4D, recompute?: boolean): tf.Tensor3D[] {
    const [n] = x.shape;
    let tokens = tf.tidy((): tf.Tensor3D => {
      const first: tf.Tensor3D = tf.tile(this.#class, [n, 1, 1]);
      return tf.add(tf.concat([first, this.#patches.forward(x)], 1), this.#position);
    });
    const outputs: tf.Tensor3D[] = [];
    this.#blocks.forEach((block, i) => {
      tokens = recomputed(recompute, block, [tokens], (at) => block.forward(at));
      if (this.#taps.has(i)) outputs.push(tf.slice(tokens, [0, 1, 0]));
    });
    return outputs;
  }
}
