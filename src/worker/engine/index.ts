export { loadEngine } from './ladder';
export type { LoadedEngine } from './ladder';
export { batchNormTraining } from './kernels/batch-norm';
export { boxMean } from './kernels/box-mean';
export { convExtrema } from './kernels/conv-extrema';
export { spatialExtrema } from './kernels/extrema';
export { shapeText } from './shape';
export { record } from './tape';
export type { Pass, PullbackOptions } from './tape';
