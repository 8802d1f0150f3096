import type { FitInfo } from '../../../src/shared/domain/catalogue';

export const fits: FitInfo[] = [
  {
    id: 'uap-optimised',
    version: 1,
    title: 'Universal perturbation, optimised',
    citation: 'Shumitskaya, Antsiferova & Vatolin, BMVC 2022',
    summary: 'One pattern for all pictures, found by Adam.',
    on: 'model',
    produces: { kind: 'pattern', id: 'uap-pattern' },
    params: [
      {
        type: 'integer',
        id: 'epochs',
        label: 'Epochs',
        help: 'How often every picture is shown.',
        level: 'paper',
        default: 5,
        min: 1,
      },
    ],
    presets: [],
  },
];
