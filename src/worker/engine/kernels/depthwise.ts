import * as tf from '@tensorflow/tfjs-core';
import { floats, image, input, only, wasmBackend } from './heap';
import { attributes, libtensorflowBackend } from './libtensorflow-op';
import { dilate, explicitPadding } from './wasm-conv';

/**
 * Gradients of the depthwise convolution, one filter per channel. With y[n,i,j,c] = sum x[n, i s + u - p, j s + v - p, c]
 * w[u,v,c]  (stride s, padding p):
 *   dw[u,v,c] = sum over n,i,j of x[n, i s + u - p, j s + v - p, c] dy[n,i,j,c]
 *   dx[n,a,b,c] = sum over u,v of dy'[n, a + p - u, b + p - v, c] w[u,v,c], dy' being dy with s - 1 zeros between
 *     : a stride-1 depthwise convolution of dy' with w turned by 180 degrees.
 * The wasm back end has neither, libtensorflow has both.
 */
const FILTER_GRADIENT = 'DepthwiseFilterGrad';
/** tfjs' own name: libtensorflow has this kernel. */
const INPUT_GRADIENT = tf.DepthwiseConv2dNativeBackpropInput;

type Shape4D = [number, number, number, number];

interface DepthwiseAttributes {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dilations: [number, number] | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

interface FilterAttributes extends DepthwiseAttributes {
  readonly filterShape: Shape4D;
}

export function registerDepthwise(): void {
  registerFilterGradientOnLibtensorflow();
  registerFilterGradientOnWasm();
  registerInputGradientOnWasm();
  tf.registerGradient({
    kernelName: tf.DepthwiseConv2dNative,
    inputsToSave: ['x', 'filter'],
    gradFunc: (dys, saved, attrs) => {
      const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
      const dy = only(dys);
      const { dilations } = attrs as unknown as DepthwiseAttributes;
      if ([dilations].flat().some((rate) => rate !== 1)) {
        throw new Error('depthwise convolution: there is no gradient for dilated filters');
      }
      const engine = tf.engine();
      return {
        x: () =>
          engine.runKernel(INPUT_GRADIENT, { dy, filter }, { ...attrs, inputShape: x.shape }),
        filter: () =>
          engine.runKernel(FILTER_GRADIENT, { x, dy }, { ...attrs, filterShape: filter.shape }),
      };
    },
  });
}

function geometry(
  inputShape: Shape4D,
  filterShape: Shape4D,
  { strides, pad, dimRoundingMode }: DepthwiseAttributes,
): tf.backend_util.Conv2DInfo {
  return tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
    true,
  );
}

/**
 * Padding is given to libtensorflow in numbers where the filter is larger than 3 x 3: that keeps its oneDNN kernel out of
 * the way, which takes 1.5 to 3 times as long as TensorFlow's own on 5 x 5 filters (29 against 15 ms of processor time
 * for `[16, 28, 28, 240]`), while it is faster on 3 x 3.
 */
function registerFilterGradientOnLibtensorflow(): void {
  tf.registerKernel({
    kernelName: FILTER_GRADIENT,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const native = libtensorflowBackend(backend);
      const make = attributes(native.binding);
      const x = image(inputs, 'x');
      const options = attrs as unknown as FilterAttributes;
      const info = geometry(x.shape, options.filterShape, options);
      const { type, top, bottom, left, right } = info.padInfo;
      const numbers = info.filterHeight * info.filterWidth > 9 && type !== 'VALID';
      const sizes = tf.tensor1d(options.filterShape, 'int32');
      const gradient = native.executeSingleOutput(
        'DepthwiseConv2dNativeBackpropFilter',
        [
          make.floatType('T'),
          make.integers('strides', [1, info.strideHeight, info.strideWidth, 1]),
          make.text('padding', numbers ? 'EXPLICIT' : type),
          make.integers(
            'explicit_paddings',
            numbers || type === 'EXPLICIT' ? [0, 0, top, bottom, left, right, 0, 0] : [],
          ),
          make.text('data_format', 'NHWC'),
          make.integers('dilations', [1, 1, 1, 1]),
        ],
        [x, sizes, input(inputs, 'dy')],
      );
      sizes.dispose();
      return gradient;
    },
  });
}

function registerFilterGradientOnWasm(): void {
  tf.registerKernel({
    kernelName: FILTER_GRADIENT,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const wasm = wasmBackend(backend);
      const { filterShape, ...options } = attrs as unknown as FilterAttributes;
      const info = geometry(image(inputs, 'x').shape, filterShape, options);
      const output = wasm.makeOutput(filterShape, 'float32');
      const x = floats(wasm, input(inputs, 'x'));
      const dy = floats(wasm, input(inputs, 'dy'));
      floats(wasm, output).set(filterGradient(info, x, dy));
      return output;
    },
  });
}

/** Tap by tap in double precision; the inner loop runs along the channels, which lie side by side. */
function filterGradient(
  info: tf.backend_util.Conv2DInfo,
  x: Float32Array,
  dy: Float32Array,
): Float64Array {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, inChannels: channels } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  const sums = new Float64Array(filterHeight * filterWidth * channels);
  for (let row = 0; row < batchSize * outHeight; row++) {
    const n = Math.floor(row / outHeight);
    const i = row % outHeight;
    for (let u = 0; u < filterHeight; u++) {
      const a = i * strideHeight + u - padInfo.top;
      if (a < 0 || a >= inHeight) continue;
      for (let v = 0; v < filterWidth; v++) {
        const sum = (u * filterWidth + v) * channels;
        for (let j = 0; j < outWidth; j++) {
          const b = j * strideWidth + v - padInfo.left;
          if (b < 0 || b >= inWidth) continue;
          const from = ((n * inHeight + a) * inWidth + b) * channels;
          const at = (row * outWidth + j) * channels;
          for (let c = 0; c < channels; c++) {
            sums[sum + c] = (sums[sum + c] ?? 0) + (x[from + c] ?? 0) * (dy[at + c] ?? 0);
          }
        }
      }
    }
  }
  return sums;
}

function registerInputGradientOnWasm(): void {
  tf.registerKernel({
    kernelName: INPUT_GRADIENT,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) =>
      tf.tidy(() => {
        const filter = image(inputs, 'filter');
        const { inputShape, ...options } = attrs as unknown as DepthwiseAttributes & {
          inputShape: Shape4D;
        };
        const info = geometry(inputShape, filter.shape, options);
        const dy = image(inputs, 'dy');
        const spread = dilate(wasmBackend(backend), dy, info.strideHeight, info.strideWidth);
        const top = info.filterHeight - 1 - info.padInfo.top;
        const left = info.filterWidth - 1 - info.padInfo.left;
        const bottom = info.inHeight - spread.shape[1] + info.filterHeight - 1 - top;
        const right = info.inWidth - spread.shape[2] + info.filterWidth - 1 - left;
        const turned = tf.reverse(filter, [0, 1]);
        return tf.depthwiseConv2d(spread, turned, 1, explicitPadding(top, bottom, left, right));
      }),
  });
}
