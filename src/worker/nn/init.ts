import type { RandomStream } from '@shared/random';

/** Fills a weight of `count` values; draws only from the stream it is given. */
export type Initialiser = (stream: RandomStream, count: number) => Float32Array;

export function constant(value: number): Initialiser {
  return (_stream, count) => new Float32Array(count).fill(value);
}

/**
 * PyTorch's default for the weights and biases of Linear and Conv2d: uniform in +-1/sqrt(fanIn).
 * @param fanIn inputs of one output: in_features, or in_channels * kernel height * kernel width
 */
export function uniformFanIn(fanIn: number): Initialiser {
  const bound = 1 / Math.sqrt(fanIn);
  return (stream, count) => stream.uniforms(count, -bound, bound);
}

/** Normal with mean 0. PyTorch's `trunc_normal_` cuts at +-2, a hundred deviations away for the usual 0.02. */
export function normal(deviation: number): Initialiser {
  return (stream, count) => stream.normals(count, 0, deviation);
}

/** He et al. (ICCV 2015), PyTorch's `kaiming_normal_` with its defaults: normal, deviation sqrt(2 / fanIn). */
export function kaimingNormal(fanIn: number): Initialiser {
  return (stream, count) => stream.normals(count, 0, Math.sqrt(2 / fanIn));
}
