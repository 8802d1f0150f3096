import * as tf from '@tensorflow/tfjs-core';
import { random } from '@shared/random';

/**
 * x + u, u uniform in [-epsilon, epsilon] per value, clipped to [0, 1]; a function of each picture's seed.
 *
 * @param x `[n, height, width, 3]` in [0, 1]
 * @param restart number of the restart: each draws its own u
 */
export function uniformStart(
  x: tf.Tensor4D,
  epsilon: number,
  seeds: readonly number[],
  restart = 0,
): tf.Tensor4D {
  const size = x.size / x.shape[0];
  const noise = new Float32Array(x.size);
  seeds.forEach((seed, i) => {
    const stream = random(seed, 'attack/start', restart);
    noise.set(stream.uniforms(size, -epsilon, epsilon), i * size);
  });
  return tf.tidy(() => tf.clipByValue(tf.add(x, tf.tensor4d(noise, x.shape)), 0, 1));
}
