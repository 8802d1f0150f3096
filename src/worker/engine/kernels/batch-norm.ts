import * as tf from '@tensorflow/tfjs-core';
import { floats, input, only, wasmBackend } from './heap';
import { shapeText } from '../shape';
import { attributes, libtensorflowBackend } from './libtensorflow-op';

/**
 * Batch normalisation by the statistics of the batch, and its gradient, as one kernel each.
 *
 *   m = mean(x),  v = mean((x - m)^2),  n = (x - m) / sqrt(v + eps),  y = scale * n + offset      (per channel)
 *   d offset = sum(dy),  d scale = sum(dy * n),
 *   dx = scale / sqrt(v + eps) * (dy - d offset / N - n * d scale / N)
 *
 * Kernel outputs: y, m, v * N / (N - 1) (what PyTorch feeds its running variance), and three tensors for the gradient.
 * Composed from elementwise ops the same step takes twice the time and memory on libtensorflow.
 */
const KERNEL = 'BatchNormTraining';
const GRADIENT = 'BatchNormTrainingGrad';

export function registerBatchNorm(): void {
  registerOnLibtensorflow();
  registerOnWasm();
  tf.registerGradient({
    kernelName: KERNEL,
    inputsToSave: ['x', 'scale'],
    outputsToSave: [false, false, false, true, true, true],
    gradFunc: (dys, saved, attrs) => {
      const dy = only(dys);
      const [x, scale, reserve1, reserve2, reserve3] = saved as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      let parts: tf.Tensor[] | undefined;
      const part = (i: number) => (): tf.Tensor => {
        // The tape of engine/ asks for all three inside one tidy; tf.grads tidies each away before the next.
        if (!parts || parts.some((tensor) => tensor.isDisposed)) {
          const named = { dy, x, scale, reserve1, reserve2, reserve3 };
          parts = tf.engine().runKernel(GRADIENT, named, attrs) as unknown as tf.Tensor[];
        }
        return parts[i] as tf.Tensor;
      };
      return { x: part(0), scale: part(1), offset: part(2) };
    },
  });
}

/**
 * Normalises a batch per channel by its own statistics.
 *
 * @param x `[batch, height, width, channels]` or `[batch, channels]` float32; at least two values per channel
 * @param scale `[channels]`; @param offset `[channels]`
 * @returns y like x, the batch mean and the unbiased batch variance, both `[channels]`
 */
export function batchNormTraining<T extends tf.Tensor>(
  x: T,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
): { y: T; mean: tf.Tensor1D; variance: tf.Tensor1D } {
  const channels = x.shape.at(-1) ?? 0;
  const valuesPerChannel = x.size / channels;
  if (valuesPerChannel < 2) {
    throw new Error(
      `batchNormTraining: needs at least two values per channel, got x of shape ${shapeText(x.shape)}`,
    );
  }
  const image = x.rank === 4 ? x : tf.reshape(x, [-1, 1, 1, channels]);
  const [y, mean, variance] = tf
    .engine()
    .runKernel(KERNEL, { x: image, scale, offset }, { epsilon }) as unknown as tf.Tensor[];
  return {
    y: (x.rank === 4 ? y : tf.reshape(y as tf.Tensor, x.shape)) as T,
    mean: mean as tf.Tensor1D,
    variance: variance as tf.Tensor1D,
  };
}

function registerOnLibtensorflow(): void {
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const native = libtensorflowBackend(backend);
      const make = attributes(native.binding);
      const none = tf.tensor1d([], 'float32');
      const outputs = native.executeMultipleOutputs(
        'FusedBatchNormV3',
        [
          make.floatType('T'),
          make.floatType('U'),
          make.float('epsilon', attrs?.['epsilon'] as number),
          make.float('exponential_avg_factor', 1),
          make.text('data_format', 'NHWC'),
          make.boolean('is_training', true),
        ],
        [input(inputs, 'x'), input(inputs, 'scale'), input(inputs, 'offset'), none, none],
        6,
      );
      none.dispose();
      return outputs;
    },
  });
  tf.registerKernel({
    kernelName: GRADIENT,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const native = libtensorflowBackend(backend);
      const make = attributes(native.binding);
      const outputs = native.executeMultipleOutputs(
        'FusedBatchNormGradV3',
        [
          make.floatType('T'),
          make.floatType('U'),
          make.float('epsilon', attrs?.['epsilon'] as number),
          make.text('data_format', 'NHWC'),
          make.boolean('is_training', true),
        ],
        ['dy', 'x', 'scale', 'reserve1', 'reserve2', 'reserve3'].map((name) => input(inputs, name)),
        5,
      );
      outputs.slice(3).forEach((unused) => unused.dispose());
      return outputs.slice(0, 3);
    },
  });
}

function registerOnWasm(): void {
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const wasm = wasmBackend(backend);
      const x = input(inputs, 'x');
      const channels = x.shape.at(-1) ?? 0;
      const y = wasm.makeOutput(x.shape, 'float32');
      const [mean, unbiased, reserve1, reserve2, reserve3] = Array.from({ length: 5 }, () =>
        wasm.makeOutput([channels], 'float32'),
      ) as [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo, tf.TensorInfo, tf.TensorInfo];
      const values = floats(wasm, x);
      const moments = channelMoments(values, channels);
      const count = values.length / channels;
      floats(wasm, mean).set(moments.mean);
      floats(wasm, reserve1).set(moments.mean);
      floats(wasm, reserve2).set(moments.variance);
      floats(wasm, unbiased).set(moments.variance.map((v) => (v * count) / (count - 1)));
      const scale = floats(wasm, input(inputs, 'scale'));
      const offset = floats(wasm, input(inputs, 'offset'));
      const factor = moments.variance.map(
        (v, c) => (scale[c] ?? 0) / Math.sqrt(v + (attrs?.['epsilon'] as number)),
      );
      const shift = factor.map((f, c) => (offset[c] ?? 0) - (moments.mean[c] ?? 0) * f);
      const out = floats(wasm, y);
      for (let i = 0; i < out.length; i += channels) {
        for (let c = 0; c < channels; c++) {
          out[i + c] = (values[i + c] ?? 0) * (factor[c] ?? 0) + (shift[c] ?? 0);
        }
      }
      return [y, mean, unbiased, reserve1, reserve2, reserve3];
    },
  });
  tf.registerKernel({
    kernelName: GRADIENT,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const wasm = wasmBackend(backend);
      const x = input(inputs, 'x');
      const channels = x.shape.at(-1) ?? 0;
      const dx = wasm.makeOutput(x.shape, 'float32');
      const dScale = wasm.makeOutput([channels], 'float32');
      const dOffset = wasm.makeOutput([channels], 'float32');
      const values = floats(wasm, x);
      const dy = floats(wasm, input(inputs, 'dy'));
      const mean = floats(wasm, input(inputs, 'reserve1'));
      const scale = floats(wasm, input(inputs, 'scale'));
      const inverse = Float64Array.from(
        floats(wasm, input(inputs, 'reserve2')),
        (v) => 1 / Math.sqrt(v + (attrs?.['epsilon'] as number)),
      );
      const sumDy = new Float64Array(channels);
      const sumDyNormal = new Float64Array(channels);
      for (let i = 0; i < values.length; i += channels) {
        for (let c = 0; c < channels; c++) {
          const g = dy[i + c] ?? 0;
          sumDy[c] = (sumDy[c] ?? 0) + g;
          sumDyNormal[c] =
            (sumDyNormal[c] ?? 0) + g * ((values[i + c] ?? 0) - (mean[c] ?? 0)) * (inverse[c] ?? 0);
        }
      }
      floats(wasm, dScale).set(sumDyNormal);
      floats(wasm, dOffset).set(sumDy);
      const count = values.length / channels;
      const out = floats(wasm, dx);
      for (let i = 0; i < out.length; i += channels) {
        for (let c = 0; c < channels; c++) {
          const inv = inverse[c] ?? 0;
          const normal = ((values[i + c] ?? 0) - (mean[c] ?? 0)) * inv;
          const centred =
            (dy[i + c] ?? 0) - ((sumDy[c] ?? 0) + normal * (sumDyNormal[c] ?? 0)) / count;
          out[i + c] = (scale[c] ?? 0) * inv * centred;
        }
      }
      return [dx, dScale, dOffset];
    },
  });
}

/** Mean and biased variance per channel in two passes, summed in double precision. */
function channelMoments(
  values: Float32Array,
  channels: number,
): { mean: Float64Array; variance: Float64Array } {
  const count = values.length / channels;
  const mean = new Float64Array(channels);
  for (let i = 0; i < values.length; i += channels) {
    for (let c = 0; c < channels; c++) mean[c] = (mean[c] ?? 0) + (values[i + c] ?? 0);
  }
  for (let c = 0; c < channels; c++) mean[c] = (mean[c] ?? 0) / count;
  const variance = new Float64Array(channels);
  for (let i = 0; i < values.length; i += channels) {
    for (let c = 0; c < channels; c++) {
      const deviation = (values[i + c] ?? 0) - (mean[c] ?? 0);
      variance[c] = (variance[c] ?? 0) + deviation * deviation;
    }
  }
  for (let c = 0; c < channels; c++) variance[c] = (variance[c] ?? 0) / count;
  return { mean, variance };
}
