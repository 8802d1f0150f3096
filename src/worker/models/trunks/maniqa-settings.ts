import type { ParamSpec } from '@shared/params';

/** Architecture settings of MANIQA; the defaults are those of its training script, which differ from its classes'. */
export const maniqaParams: readonly ParamSpec[] = [
  {
    type: 'number',
    id: 'dropout',
    label: 'Dropout',
    help: 'Share of values left out in each training step. With gradient-norm training all passes of a step leave out the same values.',
    level: 'guided',
    default: 0.1,
    min: 0,
    max: 0.9,
    paper: { value: 0.1, source: 'released code, MANIQA' },
  },
  {
    type: 'number',
    id: 'dropPath',
    label: 'Drop-path',
    help: 'Share of pictures for which a block of the window attention is left out, at the last block; less at the blocks before.',
    level: 'expert',
    default: 0.1,
    min: 0,
    max: 0.9,
    paper: { value: 0.1, source: 'released code, MANIQA' },
  },
  {
    type: 'number',
    id: 'scale',
    label: 'Scale of the window attention',
    help: 'How much of each window-attention layer is added to its input. The weights released for PIPAL in other collections use 0.13.',
    level: 'expert',
    default: 0.8,
    min: 0,
    max: 1,
    paper: { value: 0.8, source: 'released code, MANIQA' },
  },
  size('pictureSize', 'View size', 'Side of the square crops that are scored.', 224, {
    min: 32,
    max: 512,
    unit: 'pixels',
  }),
  size('patchSize', 'Patch size', 'Side of the patches that become tokens.', 8, {
    min: 4,
    max: 32,
    unit: 'pixels',
  }),
  size('channels', 'Channels', 'Width of the transformer.', 768, { min: 16, max: 1024 }),
  size('heads', 'Heads', 'Attention heads of the transformer.', 12, { min: 1, max: 64 }),
  size('depth', 'Blocks', 'Blocks of the transformer; the last two are not used.', 12, {
    min: 6,
    max: 24,
  }),
];

function size(
  id: string,
  label: string,
  what: string,
  preset: number,
  range: { min: number; max: number; unit?: string },
): ParamSpec {
  return {
    type: 'integer',
    id,
    label,
    help: `${what} Published weights fit ${preset} only.`,
    level: 'expert',
    default: preset,
    ...range,
  };
}
