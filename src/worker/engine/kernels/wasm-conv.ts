import * as tf from '@tensorflow/tfjs-core';
import { floats, image, wasmBackend } from './heap';
import type { WasmBackend } from './heap';

/**
 * Convolution gradients on the wasm backend, both expressed through its own (XNNPACK) convolution. The filter gradient
 * is missing there; the input gradient exists but is five times slower than this.
 *
 * With y[n,i,j,o] = sum x[n, i s + u - p, j s + v - p, c] w[u,v,c,o]  (stride s, padding p):
 *   dw[u,v,c,o] = sum over n,i,j of x[n, u + i s - p, v + j s - p, c] dy[n,i,j,o]
 *     : a convolution of x (channels as batch, batch as channels) with dy as a filter dilated by s;
 *   dx[n,a,b,c] = sum over u,v,o of dy'[n, a + p - u, b + p - v, o] w[u,v,c,o], dy' being dy with s - 1 zeros between
 *     : a stride-1 convolution of dy' with w turned by 180 degrees and its channel axes exchanged.
 */
interface ConvAttributes {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

export function registerWasmConvolutionGradients(): void {
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropFilter,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() => {
        const x = image(inputs, 'x');
        const dy = image(inputs, 'dy');
        const options = attrs as unknown as ConvAttributes & {
          filterShape: [number, number, number, number];
        };
        const info = geometry(x.shape, options.filterShape, options);
        const gradient = tf.conv2d(
          tf.transpose(x, [3, 1, 2, 0]),
          tf.transpose(dy, [1, 2, 0, 3]),
          1,
          explicitPadding(
            info.padInfo.top,
            info.padInfo.bottom,
            info.padInfo.left,
            info.padInfo.right,
          ),
          'NHWC',
          [info.strideHeight, info.strideWidth],
        );
        // Rows that the stride never reached leave the result too large.
        const [kh, kw, inputs_, outputs] = options.filterShape;
        const trimmed = tf.slice(gradient, [0, 0, 0, 0], [inputs_, kh, kw, outputs]);
        return tf.transpose(trimmed, [1, 2, 0, 3]);
      }),
  });
  tf.unregisterKernel(tf.Conv2DBackpropInput, 'wasm');
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropInput,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) =>
      tf.tidy(() => {
        const dy = image(inputs, 'dy');
        const filter = image(inputs, 'filter');
        const options = attrs as unknown as ConvAttributes & {
          inputShape: [number, number, number, number];
        };
        const info = geometry(options.inputShape, filter.shape, options);
        const spread = dilate(wasmBackend(backend), dy, info.strideHeight, info.strideWidth);
        const top = info.filterHeight - 1 - info.padInfo.top;
        const left = info.filterWidth - 1 - info.padInfo.left;
        const bottom = info.inHeight - spread.shape[1] + info.filterHeight - 1 - top;
        const right = info.inWidth - spread.shape[2] + info.filterWidth - 1 - left;
        const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
        return tf.conv2d(spread, turned, 1, explicitPadding(top, bottom, left, right));
      }),
  });
}

function geometry(
  inputShape: [number, number, number, number],
  filterShape: [number, number, number, number],
  options: ConvAttributes,
): tf.backend_util.Conv2DInfo {
  return tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    options.strides,
    1,
    options.pad,
    options.dimRoundingMode,
  );
}

/** Rows and columns around a picture, in numbers. */
export function explicitPadding(
  top: number,
  bottom: number,
  left: number,
  right: number,
): tf.backend_util.ExplicitPadding {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

/** Inserts strides - 1 zeros between neighbouring rows and columns. */
export function dilate(
  wasm: WasmBackend,
  dy: tf.Tensor4D,
  strideRows: number,
  strideColumns: number,
): tf.Tensor4D {
  if (strideRows === 1 && strideColumns === 1) return dy;
  const [n, height, width, channels] = dy.shape;
  const shape: [number, number, number, number] = [
    n,
    (height - 1) * strideRows + 1,
    (width - 1) * strideColumns + 1,
    channels,
  ];
  const spread = tf.zeros(shape);
  const source = floats(wasm, dy);
  const target = floats(wasm, spread);
  for (let image = 0; image < n; image++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const from = ((image * height + row) * width + column) * channels;
        const to =
          ((image * shape[1] + row * strideRows) * shape[2] + column * strideColumns) * channels;
        target.set(source.subarray(from, from + channels), to);
      }
    }
  }
  return spread as tf.Tensor4D;
}
