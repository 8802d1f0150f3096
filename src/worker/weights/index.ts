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
export { recognise, weightsFor } from './recognise';
export type { Recognised, Unrecognised } from './recognise';
export { layouts } from './layouts';
export type { Layout } from './layouts';
export { readSafetensors, writeSafetensors } from './safetensors';
export { writeTorch } from './write-torch';
