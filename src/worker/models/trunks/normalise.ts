import * as tf from '@tensorflow/tfjs-core';

/** n = (x - mean) / std per channel of pixels in [0, 1]. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Channel means and deviations of ImageNet's training pictures, as torchvision's weights expect. */
export const IMAGENET: Normalisation = {
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/** Pixels in [0, 1] to [-1, 1], as the vision transformers of timm expect. */
export const SYMMETRIC: Normalisation = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/** @param x `[n, height, width, 3]` float32 in [0, 1] */
export function normalise(x: tf.Tensor4D, { mean, std }: Normalisation): tf.Tensor4D {
  return tf.tidy(() => tf.div(tf.sub(x, tf.tensor1d([...mean])), tf.tensor1d([...std])));
}
