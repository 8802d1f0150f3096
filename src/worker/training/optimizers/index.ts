import { registry } from '../../registry';
import type { OptimizerDef } from './optimizer';

/** Every optimiser of this folder. */
export const optimizers = registry<OptimizerDef>(
  'optimiser',
  import.meta.glob<{ default: OptimizerDef }>(['./*.ts', '!./optimizer.ts', '!./index.ts'], {
    eager: true,
  }),
);

export type { Gradients, Optimizer, OptimizerDef, ParameterGroup, RateFactor } from './optimizer';
