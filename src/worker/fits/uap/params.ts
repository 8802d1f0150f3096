import { read, type ParamSpec, type ParamValues } from '@shared/params';

/** Settings of every fit of a universal perturbation. */
export const uapParams: readonly ParamSpec[] = [
  {
    type: 'number',
    id: 'epsilon',
    label: 'Largest change while fitting',
    help: 'No value of the pattern may be further from zero than this while it is fitted. An attack scales the finished pattern to the strength it is asked for.',
    level: 'paper',
    default: 0.1,
    min: 0.001,
    max: 0.5,
    unit: 'pixel',
    paper: { value: 0.1, source: 'Shumitskaya et al., BMVC 2022' },
  },
  {
    type: 'choice',
    id: 'direction',
    label: 'Direction',
    help: 'The published attack only raises scores. One pattern serves all pictures, so it has one direction.',
    level: 'guided',
    default: 'up',
    options: [
      { value: 'up', label: 'Raise scores' },
      { value: 'down', label: 'Lower scores' },
    ],
    paper: { value: 'up', source: 'Shumitskaya et al., BMVC 2022' },
  },
  {
    type: 'integer',
    id: 'size',
    label: 'Side of the pattern',
    help: 'The pattern is square; larger pictures are tiled with it. Patches of this size are cut from the pictures to fit it on.',
    level: 'guided',
    default: 256,
    min: 8,
    max: 1024,
    unit: 'pixels',
    paper: { value: 256, source: 'Shumitskaya et al., BMVC 2022' },
  },
  {
    type: 'integer',
    id: 'patches',
    label: 'Patches per picture and epoch',
    help: 'How many patches of each picture one epoch shows, at places drawn from the seed.',
    level: 'guided',
    default: 1,
    min: 1,
    max: 64,
  },
];

export interface UapSettings {
  readonly epsilon: number;
  /** +1 raises scores, -1 lowers them. */
  readonly direction: 1 | -1;
  readonly size: number;
  readonly patches: number;
}

/** Reads checked values of `uapParams`. */
export function uapSettings(values: Readonly<ParamValues>): UapSettings {
  return {
    epsilon: read.number(values, 'epsilon'),
    direction: read.string(values, 'direction') === 'down' ? -1 : 1,
    size: read.number(values, 'size'),
    patches: read.number(values, 'patches'),
  };
}
