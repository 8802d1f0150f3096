import { registry } from '../../registry';
import type { Layout } from './layout';

/** Every layout of this folder. */
export const layouts = registry<Layout>(
  'weights layout',
  import.meta.glob<{ default: Layout }>(['./*.ts', '!./layout.ts', '!./index.ts'], {
    eager: true,
  }),
);

export type { Layout, Naming, Start, TensorRule, Tensors, Variant } from './layout';
