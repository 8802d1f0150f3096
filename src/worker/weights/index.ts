export { memorySource } from './byte-source';
export { readWeights, readWeightsFrom } from './read-weights';
export type { DType } from './dtype';
export type {
  PlainValue,
  ReadOptions,
  WeightTensor,
  WeightsFile,
  WeightsFormat,
} from './weights-file';
