import type { DefenceInfo } from '@shared/domain/catalogue';

/** One defence of the kind the worker sends. */
export const defences: DefenceInfo[] = [
  {
    id: 'jpeg',
    version: 1,
    title: 'JPEG',
    citation: 'Liu et al., IEEE TCSVT',
    summary: 'Saves the picture as JPEG and reads it back before it is scored.',
    gradient: 'straight-through',
    certifies: false,
    params: [
      {
        type: 'integer',
        id: 'quality',
        label: 'Quality',
        help: '1 to 100.',
        level: 'paper',
        default: 50,
        min: 1,
        max: 100,
      },
    ],
    presets: [{ id: 'quality-70', title: 'Quality 70', help: 'Milder.', params: { quality: 70 } }],
  },
];
