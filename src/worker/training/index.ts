export { adversarialSettings, atParams } from './at-settings';
export { buildTraining } from './build';
export type { Training, TrainingSpec } from './build';
export { loadCheckpoint, readCheckpointWeights, saveCheckpoint, weightsSha256 } from './checkpoint';
export type { CheckpointMeta, Position, WrittenCheckpoint } from './checkpoint';
export { fitLine } from './fit-line';
export { gradientNorms } from './gradient-norm';
export type { NormSettings } from './gradient-norm';
export { takeStep, trainLoop } from './loop';
export type {
  Batch,
  LoopEvents,
  LoopOptions,
  LoopResult,
  SavedCheckpoint,
  TrainingControl,
  TrainingData,
  Validation,
} from './loop';
export { normSettings, ntParams, ntSpecs } from './nt-settings';
export { fitsEveryEpoch, mappingParams, trainerParams } from './settings';
export { stageAt, startsFromBest, totalEpochs } from './stages';
export { computeStep } from './step';
export type { StepResult, StepSettings } from './step';
