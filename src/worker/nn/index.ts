export { BatchNorm } from './batch-norm';
export type { BatchNormMode } from './batch-norm';
export {
  avgPool2d,
  dropout,
  flatten,
  globalAvgPool,
  globalMaxPool,
  globalMinPool,
  maxPool2d,
  pad2d,
} from './functional';
export { constant, kaimingNormal, uniformFanIn } from './init';
export type { Initialiser } from './init';
export { Conv2d, Linear } from './layers';
export { localContrastNormalise } from './lcn';
export { Module, Scope } from './module';
export type { StateEntry } from './module';
