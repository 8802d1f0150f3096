import { registry } from '../../registry';
import type { LossDef } from './loss';

/** Every quality loss of this folder. */
export const losses = registry<LossDef>(
  'loss',
  import.meta.glob<{ default: LossDef }>(['./*.ts', '!./loss.ts', '!./index.ts'], { eager: true }),
);

export type { LossDef, LossValue } from './loss';
