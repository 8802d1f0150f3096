import * as tf from '@tensorflow/tfjs-core';
import { pad2d } from './functional';
import { uniformFanIn } from './init';
import type { Initialiser } from './init';
import { Module } from './module';
import type { Scope } from './module';

export interface Conv2dOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly bias?: boolean;
  readonly initialise?: Initialiser;
}

/** 2-D convolution on `[n, h, w, in]`; weights, padding and default initialisation as PyTorch's `nn.Conv2d`. */
export class Conv2d extends Module {
  readonly weight: tf.Variable<tf.Rank.R4>;
  readonly bias: tf.Variable<tf.Rank.R1> | undefined;
  readonly #stride: number;
  readonly #padding: number;

  constructor(scope: Scope, options: Conv2dOptions) {
    super(scope);
    const { inputs, outputs, kernel, stride = 1, padding = 0, bias = true } = options;
    const initialise = uniformFanIn(inputs * kernel * kernel);
    this.weight = this.parameter(
      'weight',
      [outputs, inputs, kernel, kernel],
      'conv',
      options.initialise ?? initialise,
    );
    this.bias = bias ? this.parameter('bias', [outputs], 'plain', initialise) : undefined;
    this.#stride = stride;
    this.#padding = padding;
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    const y = tf.conv2d(pad2d(x, this.#padding), this.weight, this.#stride, 'valid');
    return this.bias ? tf.add(y, this.bias) : y;
  }
}

/** `x W + b` on `[n, in]`; weights and default initialisation as PyTorch's `nn.Linear`. */
export class Linear extends Module {
  readonly weight: tf.Variable<tf.Rank.R2>;
  readonly bias: tf.Variable<tf.Rank.R1> | undefined;

  constructor(
    scope: Scope,
    options: { inputs: number; outputs: number; bias?: boolean; initialiseBias?: Initialiser },
  ) {
    super(scope);
    const { inputs, outputs, bias = true } = options;
    const initialise = uniformFanIn(inputs);
    this.weight = this.parameter('weight', [outputs, inputs], 'linear', initialise);
    this.bias = bias
      ? this.parameter('bias', [outputs], 'plain', options.initialiseBias ?? initialise)
      : undefined;
  }

  forward(x: tf.Tensor2D): tf.Tensor2D {
    const y: tf.Tensor2D = tf.matMul(x, this.weight);
    return this.bias ? tf.add(y, this.bias) : y;
  }
}
