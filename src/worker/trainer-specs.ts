import type { ParamSpec } from '@shared/params';
import { viewParams } from './data/settings';
import { trainerParams } from './training/settings';

/** Everything `TrainSpec.trainer` holds: the trainer's own settings, and the views it is fed with. */
export const trainerSpecs: readonly ParamSpec[] = [...trainerParams, ...viewParams];
