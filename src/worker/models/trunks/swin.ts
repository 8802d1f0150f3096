import * as tf from '@tensorflow/tfjs-core';
import {
  Conv2d,
  LayerNorm,
  Module,
  MultiHeadAttention,
  dropPath,
  dropout,
  inverseOrder,
  normal,
  permuteTokens,
  recomputed,
} from '../../nn';
import type { Scope } from '../../nn';
import type { AttentionOptions } from '../../nn/attention';
import type { ForwardContext } from '../model';
import { Mlp } from './vit';
import { relativePositionIndex, shiftMask, windowOrder } from './windows';

export interface SwinOptions {
  readonly channels: number;
  /** Side of the square map. */
  readonly resolution: number;
  readonly window: number;
  readonly heads: number;
  /** Width of the hidden layer. */
  readonly hidden: number;
  /** Factor on a layer before it is added to its own input. */
  readonly scale: number;
  /** Share of the incoming values left out in training. */
  readonly dropout: number;
  /** Share of samples a block's branches are left out for, at the last block; rises from 0 in equal steps. */
  readonly dropPath: number;
}

const LAYERS = 2;
const BLOCKS = 2;

/** Attention inside windows, with a learned bias by the relative position of two tokens (Liu et al., ICCV 2021). */
class WindowAttention extends MultiHeadAttention {
  readonly #table: tf.Variable<tf.Rank.R2>;
  readonly #index: tf.Variable<tf.Rank.R2>;
  readonly #positions: number;

  constructor(scope: Scope, window: number, options: AttentionOptions) {
    super(scope, options);
    this.#positions = (2 * window - 1) ** 2;
    const tokens = window ** 2;
    this.#table = this.parameter(
      'relative_position_bias_table',
      [this.#positions, options.heads],
      'plain',
      normal(0.02),
    );
    this.#index = this.buffer(
      'relative_position_index',
      [tokens, tokens],
      Float32Array.from(relativePositionIndex(window)),
    );
  }

  /**
   * @param x `[samples * windows, tokens, channels]`; @param mask `[windows, tokens, tokens]`, where windows are shifted
   */
  inWindows(x: tf.Tensor3D, mask: tf.Tensor3D | undefined): tf.Tensor3D {
    return this.forward(x, (logits) => {
      const [groups, heads, tokens] = logits.shape;
      const biased: tf.Tensor4D = tf.add(logits, this.#bias(tokens));
      if (!mask) return biased;
      const windows = mask.shape[0];
      const apart = tf.reshape(biased, [groups / windows, windows, heads, tokens, tokens]);
      return tf.reshape(tf.add(apart, tf.expandDims(mask, 1)), logits.shape);
    });
  }

  /**
   * The table looked up by a product with one-hot rows, whose gradient needs no scattering: `[heads, tokens, tokens]`.
   * The rows are made here because tfjs' `oneHot` is wrong for float32 on its WebAssembly backend.
   */
  #bias(tokens: number): tf.Tensor3D {
    const index = this.#index.dataSync<'float32'>();
    const rows = new Float32Array(index.length * this.#positions);
    index.forEach((position, i) => {
      rows[i * this.#positions + position] = 1;
    });
    const chosen = tf.tensor2d(rows, [index.length, this.#positions]);
    return tf.reshape(tf.transpose(tf.matMul(chosen, this.#table)), [-1, tokens, tokens]);
  }
}

interface BlockOptions extends SwinOptions {
  /** Rows and columns by which windows are shifted; 0 for none. */
  readonly shift: number;
  readonly rate: number;
  /** Distinguishes this block's drop-path draws. */
  readonly name: string;
}

class SwinBlock extends Module {
  readonly #options: BlockOptions;
  readonly #order: Int32Array;
  readonly #mask: tf.Variable<tf.Rank.R3> | undefined;
  readonly #norm1: LayerNorm;
  readonly #attention: WindowAttention;
  readonly #norm2: LayerNorm;
  readonly #mlp: Mlp;

  constructor(scope: Scope, options: BlockOptions) {
    super(scope);
    const { channels, resolution, window, heads, hidden, shift } = options;
    this.#options = options;
    this.#order = windowOrder(resolution, window, shift);
    const tokens = window ** 2;
    this.#mask =
      shift > 0
        ? this.buffer(
            'attn_mask',
            [(resolution / window) ** 2, tokens, tokens],
            shiftMask(resolution, window, shift),
          )
        : undefined;
    this.#norm1 = this.child('norm1', (inner) => new LayerNorm(inner, channels));
    this.#attention = this.child(
      'attn',
      (inner) => new WindowAttention(inner, window, { channels, heads }),
    );
    this.#norm2 = this.child('norm2', (inner) => new LayerNorm(inner, channels));
    this.#mlp = this.child('mlp', (inner) => new Mlp(inner, { channels, hidden }));
  }

  /** @param x tokens `[n, resolution^2, channels]`, row by row */
  forward(x: tf.Tensor3D, context: ForwardContext): tf.Tensor3D {
    return tf.tidy(() => {
      const seen: tf.Tensor3D = tf.add(x, this.#drop(this.#windows(x), context, 'attention'));
      return tf.add(seen, this.#drop(this.#mlp.forward(this.#norm2.forward(seen)), context, 'mlp'));
    });
  }

  #windows(x: tf.Tensor3D): tf.Tensor3D {
    return tf.tidy(() => {
      const ordered = permuteTokens(this.#norm1.forward(x), this.#order);
      const grouped = tf.reshape(ordered, [-1, this.#options.window ** 2, x.shape[2]]);
      const mask = this.#mask as unknown as tf.Tensor3D | undefined;
      const attended = this.#attention.inWindows(grouped as tf.Tensor3D, mask);
      return permuteTokens(tf.reshape(attended, x.shape), inverseOrder(this.#order));
    });
  }

  #drop(x: tf.Tensor3D, { training, seed, step }: ForwardContext, branch: string): tf.Tensor3D {
    if (!training) return x;
    return dropPath(x, this.#options.rate, { seed, step, name: `${this.#options.name}.${branch}` });
  }
}

/** Two blocks, the second with shifted windows, then a 3x3 convolution with ReLU over the map. */
class SwinLayer extends Module {
  readonly #blocks: readonly SwinBlock[];
  readonly #conv: Conv2d;

  constructor(
    scope: Scope,
    options: SwinOptions,
    { index, name }: { index: number; name: string },
  ) {
    super(scope);
    const { channels, resolution, window } = options;
    this.#blocks = Array.from({ length: BLOCKS }, (_, i) => {
      // One window over the whole map cannot be shifted.
      const shift = i % 2 === 1 && resolution > window ? Math.floor(window / 2) : 0;
      const rate = (options.dropPath * (index * BLOCKS + i)) / (LAYERS * BLOCKS - 1);
      const own: BlockOptions = { ...options, shift, rate, name: `${name}.blocks.${i}` };
      return this.child(`blocks.${i}`, (inner) => new SwinBlock(inner, own));
    });
    this.#conv = this.child(
      'conv',
      (inner) => new Conv2d(inner, { inputs: channels, outputs: channels, kernel: 3, padding: 1 }),
    );
  }

  forward(x: tf.Tensor3D, side: number, context: ForwardContext): tf.Tensor3D {
    return tf.tidy(() => {
      const tokens = this.#blocks.reduce(
        (y, block) => recomputed(context.recompute, block, [y], (at) => block.forward(at, context)),
        x,
      );
      const map: tf.Tensor4D = tf.reshape(tokens, [x.shape[0], side, side, x.shape[2]]);
      return tf.reshape(tf.relu(this.#conv.forward(map)), x.shape);
    });
  }
}

/**
 * MANIQA's "Scale Swin" stage (Yang et al., CVPRW 2022): each layer is scaled and added to its input. The downsampling
 * convolution is in the published files but never used.
 */
export class ScaleSwin extends Module {
  /** Names inside this module whose weights no output depends on. */
  readonly idle = ['downsample.'];
  readonly #options: SwinOptions;
  readonly #name: string;
  readonly #layers: readonly SwinLayer[];

  /** @param name distinguishes this stage's dropout draws */
  constructor(scope: Scope, name: string, options: SwinOptions) {
    super(scope);
    const { channels } = options;
    this.#options = options;
    this.#name = name;
    this.child(
      'downsample',
      (inner) =>
        new Conv2d(inner, {
          inputs: channels,
          outputs: channels,
          kernel: 3,
          stride: 2,
          padding: 1,
        }),
    );
    this.#layers = Array.from({ length: LAYERS }, (_, index) =>
      this.child(
        `layers.${index}`,
        (inner) => new SwinLayer(inner, options, { index, name: `${name}.layers.${index}` }),
      ),
    );
  }

  /** @param x tokens `[n, resolution^2, channels]`, row by row; @returns the same shape */
  forward(x: tf.Tensor3D, context: ForwardContext): tf.Tensor3D {
    const { resolution, scale, dropout: rate } = this.#options;
    const { training, seed, step } = context;
    const entered = training ? dropout(x, rate, { seed, step, name: this.#name }) : x;
    return this.#layers.reduce(
      (t, layer) =>
        tf.tidy(() => tf.add<tf.Tensor3D>(tf.mul(layer.forward(t, resolution, context), scale), t)),
      entered,
    );
  }
}
