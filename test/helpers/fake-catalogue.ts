import type { Catalogue } from '../../src/shared/domain/catalogue';

const number = (id: string, value: number, level: 'paper' | 'expert' = 'paper') =>
  ({
    type: 'number',
    id,
    label: id,
    help: `The ${id}.`,
    level,
    default: value,
    min: 0,
    max: 1000,
  }) as const;

/** One toy model and one toy attack, with every kind of setting the host looks at. */
export const fakeCatalogue: Catalogue = {
  models: [
    {
      id: 'toy',
      version: 1,
      title: 'Toy',
      citation: 'nobody',
      summary: 'Computes nothing.',
      params: [number('width', 8)],
      trainer: [
        { ...number('epochs', 3), type: 'integer' },
        number('learningRate', 0.01),
        {
          type: 'choice',
          id: 'selection',
          label: 'Judged by',
          help: 'How the checkpoint is chosen.',
          level: 'guided',
          default: 'validation',
          options: ['validation', 'last', 'test'].map((value) => ({ value, label: value })),
        },
      ],
      nt: [number('lambda', 0.001), number('h', 0.01)],
      at: [number('epsilon', 0.015)],
      presets: [],
    },
  ],
  attacks: [
    {
      id: 'nudge',
      version: 1,
      title: 'Nudge',
      citation: 'nobody',
      summary: 'Adds one point.',
      access: 'white-box',
      params: [number('epsilon', 0.005), number('momentum', 0, 'expert')],
      presets: [],
    },
  ],
  attackRun: [
    {
      type: 'boolean',
      id: 'keepImages',
      label: 'kept images',
      help: '-',
      level: 'expert',
      default: false,
    },
  ],
  norms: [number('h', 0.01)],
  fits: [
    {
      id: 'stripes',
      version: 1,
      title: 'Stripes',
      citation: 'nobody',
      summary: 'Fits nothing on a model.',
      on: 'model',
      produces: { kind: 'pattern', id: 'stripes' },
      params: [number('width', 2)],
      presets: [],
    },
    {
      id: 'stand-in',
      version: 1,
      title: 'Stand-in',
      citation: 'nobody',
      summary: 'Fits nothing on pictures and ratings.',
      on: 'data',
      produces: { kind: 'substitute', id: 'stand-in' },
      params: [],
      presets: [],
    },
  ],
  defences: [
    {
      id: 'veil',
      version: 1,
      title: 'Veil',
      citation: 'nobody',
      summary: 'Hides nothing.',
      gradient: 'straight-through',
      certifies: false,
      params: [number('quality', 50)],
      presets: [],
    },
  ],
};
