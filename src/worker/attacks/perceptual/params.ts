import { type ParamSpec, type ParamValues, read } from '@shared/params';
import { entriesOf, perceptualMeasures, type PerceptualId } from '@shared/weights/measures';
import type { AttackNeed } from '@shared/domain/catalogue';
import { ssimVariants, type SsimVariant } from '../../fidelity/ssim';

const ssimWords: Readonly<Record<SsimVariant, string>> = {
  'ssim-piq': 'Downsampled first (piq 0.8)',
  'ssim-full': 'Full resolution',
  'ssim-luma': 'Luma at full resolution',
  'ssim-replicate': 'Full resolution, border repeated (released code)',
};

const released = 'released code of Zhang et al. (2022)';

export const perceptualParams: readonly ParamSpec[] = [
  {
    type: 'choice',
    id: 'constraint',
    label: 'Likeness that is kept',
    help: 'What holds the attacked picture close to the original. LPIPS and DISTS need weight files.',
    level: 'paper',
    default: 'ssim',
    options: [
      { value: 'ssim', label: 'SSIM', help: 'Structural similarity. Needs no file.' },
      ...perceptualMeasures.map(({ id, title }) => ({
        value: id,
        label: title,
        help: `1 minus the distance ${title}. Needs its weight files.`,
      })),
      { value: 'linf', label: 'Largest change of a pixel', help: 'A bound, or a penalty.' },
    ],
    paper: { value: 'ssim', source: 'Table S7' },
  },
  {
    type: 'number',
    id: 'lambda',
    label: 'Weight of the likeness (lambda)',
    help: 'The attack increases (change of the score)^2 + lambda * likeness. What a value means depends on the unit of the score. A bound on the largest change does not use it.',
    level: 'paper',
    default: 1e6,
    min: 0,
    max: 1e9,
    scale: 'log',
    paper: { value: 1e6, source: 'Table S7' },
  },
  {
    type: 'choice',
    id: 'units',
    label: 'Unit of the score',
    help: 'With the lab scale, lambda weighs equally for every model. In its own unit, a model with scores between 0 and 1 can change by 1 at most: likeness outweighs everything, and the attack does next to nothing (as for MANIQA in Table 2).',
    level: 'paper',
    default: 'lab',
    options: [
      { value: 'lab', label: 'Lab scale, 0 to 100' },
      { value: 'native', label: "The model's own unit" },
    ],
  },
  {
    type: 'number',
    id: 'stepSize',
    label: 'Step size (alpha)',
    help: 'How far nearly every pixel moves in one step.',
    level: 'paper',
    default: 0.005,
    min: 0,
    max: 1,
    unit: 'pixel',
    paper: { value: 0.005, source: released },
  },
  {
    type: 'integer',
    id: 'steps',
    label: 'Steps',
    help: 'All are taken, and the last picture counts, not the best.',
    level: 'paper',
    default: 200,
    min: 1,
    max: 10_000,
    paper: { value: 200, source: released },
  },
  {
    type: 'number',
    id: 'epsilon',
    label: 'Largest change of a pixel (epsilon)',
    help: 'No pixel value may move further than this, where the largest change is a bound.',
    level: 'paper',
    default: 4 / 255,
    min: 0,
    max: 1,
    unit: 'pixel',
    when: { id: 'constraint', is: ['linf'] },
  },
  {
    type: 'choice',
    id: 'linfForm',
    label: 'Form of the largest change',
    help: 'The paper describes a penalty, whose gradient is that of a single pixel. In the released code neither works, so a bound is the default.',
    level: 'guided',
    default: 'bound',
    options: [
      {
        value: 'bound',
        label: 'A bound on the largest change',
        help: 'Every step is brought back within epsilon.',
      },
      {
        value: 'penalty',
        label: 'A penalty on the largest change',
        help: 'lambda times the largest change.',
      },
    ],
    when: { id: 'constraint', is: ['linf'] },
  },
  {
    type: 'choice',
    id: 'ssimVariant',
    label: 'Variant of SSIM',
    help: 'The same noise has an SSIM of .72 or .99 depending on downsampling.',
    level: 'guided',
    default: 'ssim-replicate',
    options: ssimVariants.map((value) => ({ value, label: ssimWords[value] })),
    paper: { value: 'ssim-replicate', source: released },
    when: { id: 'constraint', is: ['ssim'] },
  },
  {
    type: 'choice',
    id: 'mask',
    label: 'Pixels that stay',
    help: 'The released code leaves two squares of 5 x 5 pixels, top left and bottom right, unchanged where SSIM or the largest change is the constraint. It was probably meant to be a frame.',
    level: 'guided',
    default: 'none',
    options: [
      { value: 'none', label: 'No pixel stays' },
      { value: 'corners', label: 'Two corners stay', help: 'As the released code does.' },
      { value: 'frame', label: 'A frame of 5 pixels stays' },
    ],
  },
  {
    type: 'choice',
    id: 'optimizer',
    label: 'Adam',
    help: 'The released code makes a new Adam for every step. It then has no memory, and every step moves each pixel by alpha along the sign of its gradient.',
    level: 'guided',
    default: 'fresh',
    options: [
      { value: 'fresh', label: 'A new Adam at every step', help: 'As the released code does.' },
      { value: 'kept', label: 'One Adam for all steps' },
    ],
    paper: { value: 'fresh', source: released },
  },
  {
    type: 'choice',
    id: 'objective',
    label: 'What the attack increases',
    help: 'Zhang et al. push the score away from where it was, either way. The MSU benchmark raises it.',
    level: 'guided',
    default: 'change',
    options: [
      { value: 'change', label: 'Squared change of the score' },
      { value: 'raise', label: 'The score as a share of its range', help: 'As the MSU benchmark.' },
    ],
  },
];

/** Files of the distances, where one of them is the constraint. */
export const perceptualNeeds: readonly AttackNeed[] = perceptualMeasures.flatMap(({ id, title }) =>
  entriesOf(id).map((entry) => ({
    entry: entry.id,
    purpose: `keeping ${title}`,
    when: { id: 'constraint', is: [id] },
  })),
);

export interface PerceptualSettings {
  readonly constraint: 'ssim' | PerceptualId | 'linf';
  readonly ssimVariant: SsimVariant;
  /** Radius of the ball in [0, 1] pixel units; null where the constraint is a penalty. */
  readonly epsilon: number | null;
  readonly lambda: number;
  readonly native: boolean;
  readonly stepSize: number;
  readonly steps: number;
  readonly mask: 'none' | 'corners' | 'frame';
  readonly freshAdam: boolean;
  readonly raise: boolean;
}

/** Reads checked values of `perceptualParams`. */
export function perceptualSettings(values: Readonly<ParamValues>): PerceptualSettings {
  const constraint = read.string(values, 'constraint') as PerceptualSettings['constraint'];
  const bounded = constraint === 'linf' && read.string(values, 'linfForm') === 'bound';
  return {
    constraint,
    ssimVariant: read.string(values, 'ssimVariant') as SsimVariant,
    epsilon: bounded ? read.number(values, 'epsilon') : null,
    lambda: bounded ? 0 : read.number(values, 'lambda'),
    native: read.string(values, 'units') === 'native',
    stepSize: read.number(values, 'stepSize'),
    steps: read.number(values, 'steps'),
    mask: read.string(values, 'mask') as PerceptualSettings['mask'],
    freshAdam: read.string(values, 'optimizer') === 'fresh',
    raise: read.string(values, 'objective') === 'raise',
  };
}
