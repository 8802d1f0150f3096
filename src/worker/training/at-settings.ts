import type { ParamSpec, ParamValues } from '@shared/params';
import { read } from '@shared/params';

/** How an adversarial view is rated. */
export type LabelRule = 'same' | 'ssim' | 'fixed' | 'minimum';

export interface AdversarialSettings {
  /** [0, 1] pixel units. */
  readonly epsilon: number;
  /** Step as a multiple of epsilon. */
  readonly ratio: number;
  readonly steps: number;
  readonly start: 'picture' | 'random';
  readonly label: LabelRule;
  /** Of 1 - SSIM, times the range of the ratings. */
  readonly penalty: number;
  /** Per cent of the range of the ratings. */
  readonly percent: number;
  /** Share of a step's views that are attacked. */
  readonly share: number;
  /** Whether attacked views stand beside their clean ones, or in their place. */
  readonly beside: boolean;
}

/** Settings of adversarial training, after Chistyakova et al. (2024): FGSM examples made inside every step. */
export const atParams: readonly ParamSpec[] = [
  {
    type: 'number',
    id: 'epsilon',
    label: 'Largest change of a pixel (epsilon)',
    help: 'How far the examples made in training may be from their pictures. More makes the model steadier and, beyond a point, less accurate.',
    level: 'paper',
    default: 4 / 255,
    min: 0,
    max: 1,
    unit: 'pixel',
  },
  {
    type: 'choice',
    id: 'label',
    label: 'Rating of an example',
    help: 'The attacked view looks a little worse than its picture: its rating can fall with its likeness (SSIM), by a fixed share, or not at all.',
    level: 'paper',
    default: 'ssim',
    options: [
      {
        value: 'ssim',
        label: 'Falls with 1 - SSIM',
        help: 'Rating less penalty x (1 - SSIM) x 100 points.',
      },
      { value: 'fixed', label: 'Falls by a fixed share' },
      { value: 'same', label: 'Stays' },
      { value: 'minimum', label: 'The lowest of all' },
    ],
  },
  {
    type: 'number',
    id: 'penalty',
    label: 'Penalty on 1 - SSIM',
    help: '1 lowers the rating by one point where SSIM is 0.99. Ratings end at 0.',
    level: 'guided',
    default: 1,
    min: 0,
    max: 100,
    when: { id: 'label', is: ['ssim'] },
  },
  {
    type: 'number',
    id: 'percent',
    label: 'Share of the range, in per cent',
    help: 'By how much a rating falls. The article tried 5 and 10.',
    level: 'guided',
    default: 5,
    min: 0,
    max: 100,
    when: { id: 'label', is: ['fixed'] },
  },
  {
    type: 'choice',
    id: 'start',
    label: 'Starting point of the attack',
    help: 'A random start is what its authors call free: it keeps a model from learning to hide its gradient at the picture alone.',
    level: 'guided',
    default: 'picture',
    options: [
      { value: 'picture', label: 'The picture' },
      { value: 'random', label: 'Random within epsilon' },
    ],
  },
  {
    type: 'number',
    id: 'ratio',
    label: 'Step, as a multiple of epsilon',
    help: 'Above 1 the step ends on the border of what is allowed.',
    level: 'guided',
    default: 1.25,
    min: 0,
    max: 10,
  },
  {
    type: 'integer',
    id: 'steps',
    label: 'Steps of the attack',
    help: 'One is FGSM. Every step costs about as much as a training step.',
    level: 'guided',
    default: 1,
    min: 1,
    max: 50,
  },
  {
    type: 'number',
    id: 'share',
    label: 'Share of views that are attacked',
    help: 'Drawn anew in every step.',
    level: 'guided',
    default: 1,
    min: 0,
    max: 1,
  },
  {
    type: 'choice',
    id: 'mix',
    label: 'Where the examples go',
    help: 'Beside their clean views the step learns from both, and from up to twice as many views.',
    level: 'guided',
    default: 'beside',
    options: [
      { value: 'beside', label: 'Beside the clean views' },
      { value: 'instead', label: 'In place of them' },
    ],
  },
];

/** Adversarial training's typed settings, or null where there is none. */
export function adversarialSettings(
  values: Readonly<ParamValues> | null,
): AdversarialSettings | null {
  if (!values) return null;
  const label = read.string(values, 'label');
  return {
    epsilon: read.number(values, 'epsilon'),
    ratio: read.number(values, 'ratio'),
    steps: read.number(values, 'steps'),
    start: read.string(values, 'start') === 'random' ? 'random' : 'picture',
    label: label === 'ssim' || label === 'fixed' || label === 'minimum' ? label : 'same',
    penalty: read.number(values, 'penalty'),
    percent: read.number(values, 'percent'),
    share: read.number(values, 'share'),
    beside: read.string(values, 'mix') !== 'instead',
  };
}
