export { MultiHeadAttention, attend } from './attention';
export { BatchNorm } from './batch-norm';
export type { BatchNormMode, BatchNormOptions } from './batch-norm';
export { ConvNorm } from './conv-norm';
export { DepthwiseConv2d } from './depthwise';
export {
  avgPool2d,
  dropPath,
  dropout,
  flatten,
  globalAvgPool,
  globalMaxPool,
  globalMinPool,
  maxPool2d,
  pad2d,
} from './functional';
export { gelu } from './gelu';
export { constant, kaimingNormal, normal, uniformFanIn } from './init';
export type { Initialiser } from './init';
export { LayerNorm, layerNorm } from './layer-norm';
export { Conv2d, Linear } from './layers';
export { localContrastNormalise } from './lcn';
export { Module, Scope } from './module';
export type { StateEntry } from './module';
export { recomputed } from './recompute';
export { inverseOrder, permuteTokens } from './permute';
export { resizeAlignCorners } from './resize';
