/**
 * Loads the installed engine as the worker does and checks it on a convolution whose results are
 * known; prints one line of JSON. Run by the installer in a process of its own, because a library
 * that does not fit can take its process with it.
 *
 * Known results: a 4 x 4 image of ones through a 3 x 3 filter of ones ('same' padding) gives 9
 * inside, 6 on the edges and 4 in the corners, 100 in all; by symmetry that is also the gradient of
 * the sum with respect to the image. With respect to the filter it is 16 in the middle, 12 beside
 * it and 9 in the corners: 100 in all, too.
 */
import { createRequire } from 'node:module';
import util from 'node:util';

process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
// Gone since Node 23; the package still calls it.
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs-node-gpu');
const sum = (tensor) => tensor.dataSync().reduce((total, value) => total + value, 0);

const image = tf.ones([1, 4, 4, 1]);
const filter = tf.ones([3, 3, 1, 1]);
const conv = (x, w) => tf.conv2d(x, w, 1, 'same');
const [imageGradient, filterGradient] = tf.grads((x, w) => conv(x, w).sum())([image, filter]);
const found = [sum(conv(image, filter)), sum(imageGradient), sum(filterGradient)];
if (found.some((value) => value !== 100))
  throw new Error(`a convolution of ones should sum to 100, 100, 100, got ${found.join(', ')}`);

/**
 * Speed of a middle layer of a residual network, [8, 56, 56, 64] through [3, 3, 64, 64], in
 * GFLOP/s.
 */
function measure(multiples, work) {
  const flops = multiples * 2 * 8 * 56 * 56 * 64 * 64 * 9;
  tf.tidy(work);
  let best = Infinity;
  for (let run = 0; run < 5; run++) {
    const start = performance.now();
    tf.tidy(work);
    best = Math.min(best, performance.now() - start);
  }
  return Math.round(flops / best / 1e6);
}
const x = tf.randomUniform([8, 56, 56, 64], -1, 1, 'float32', 1);
const w = tf.randomUniform([3, 3, 64, 64], -1, 1, 'float32', 2);
// Waits for the result and returns nothing: tidy would walk through every number of a returned
// array.
const read = (tensor) => void tensor.dataSync();
const gradients = tf.grads((a, b) => conv(a, b).sum());
const proof = {
  node: process.version,
  tensorflow: tf.backend().binding.TF_Version,
  forwardGflops: measure(1, () => read(conv(x, w))),
  forwardBackwardGflops: measure(3, () => gradients([x, w]).forEach(read)),
};
process.stdout.write(`${JSON.stringify(proof)}\n`);
