import { registry } from '../registry';
import type { ModelDef } from './model';

/** Every model of this folder. */
export const models = registry<ModelDef>(
  'model',
  import.meta.glob<{ default: ModelDef }>(['./*.ts', '!./model.ts', '!./plan.ts', '!./index.ts'], {
    eager: true,
  }),
);

export type { FixedSize, ForwardContext, Line, Model, ModelDef, ViewShape } from './model';
