import type { Preset } from '@shared/domain/catalogue';
import { read } from '@shared/params';
import { rotationParam } from '../../data/settings';
import type { ParamSpec, ParamValues } from '@shared/params';
import type { ModelDef, ViewShape } from '../model';
import type { Plan } from '../plan';

const settings: readonly ParamSpec[] = [
  {
    type: 'number',
    id: 'trunkRate',
    label: 'Pace of the trunk',
    help: 'Learning rate of the pretrained layers in units of the new ones’.',
    level: 'guided',
    group: 'Optimiser',
    default: 0.1,
    min: 0,
    max: 1,
    paper: { value: 0.1, source: 'released code, LinearityIQA' },
  },
  {
    type: 'choice',
    id: 'pictureSize',
    label: 'Size of the pictures',
    help: 'Whole pictures are scored. The released code brings those of LIVE In the Wild that are not 500 x 500 to that size, and then all to 664 x 498, which stretches them by a third.',
    level: 'guided',
    group: 'Views',
    default: 'square-first',
    options: [
      { value: 'square-first', label: '500 x 500, then 664 wide, 498 high' },
      { value: 'wide', label: '664 wide, 498 high', help: 'As released for KonIQ-10k.' },
      { value: 'square', label: '500 x 500', help: 'Without the stretching.' },
    ],
  },
];

const augmentation: readonly ParamSpec[] = [
  {
    type: 'boolean',
    id: 'trainingCrop',
    label: 'Train on square crops',
    help: 'Training sees one random square as high as the picture instead of the whole; scoring sees the whole. An option of the published code that none of its commands uses.',
    level: 'expert',
    group: 'Views',
    default: false,
  },
  rotationParam,
];

/** One stage; the trunk follows at a tenth of the pace (released code, LinearityIQA: "ft ratio"). */
const plan: Plan = (trainer) => {
  const pace = read.number(trainer, 'trunkRate');
  return [
    {
      id: 'all',
      title: 'whole network',
      epochs: read.number(trainer, 'epochs'),
      optimizer: read.string(trainer, 'optimizer'),
      learningRate: read.number(trainer, 'learningRate'),
      weightDecay: read.number(trainer, 'weightDecay'),
      groups: [
        { id: 'trunk', prefixes: ['features.'], rate: () => pace },
        { id: 'heads', prefixes: [''], rate: () => 1 },
      ],
    },
  ];
};

/** How LinearityIQA is trained: Li, Jiang & Jiang, ACM Multimedia 2020, and the gradient-norm paper's Table S5. */
export const linearityIqaRecipe: ModelDef['recipe'] = {
  trainer: {
    epochs: 30,
    batchSize: 4,
    loss: 'norm-in-norm',
    optimizer: 'adam',
    learningRate: 1e-4,
    weightDecay: 0,
    schedule: 'step',
    stepEvery: 10,
    stepFactor: 0.1,
    trainViews: 1,
    testViews: 1,
    flip: false,
    // A last step of one picture has no spread to normalise by; the released code fails there.
    dropLast: true,
  },
  nt: { lambda: 0.0005, h: 0.01 },
  paper: {
    epochs: { value: 30, source: 'Table S5' },
    batchSize: { value: 4, source: 'Table S5' },
    learningRate: { value: 1e-4, source: 'released code' },
    weightDecay: { value: 0, source: 'released code' },
    lambda: { value: 0.0005, source: 'section 5.1' },
    h: { value: 0.01, source: 'section 5.1' },
  },
  settings: [...settings, ...augmentation],
  plan,
};

const WIDE = { height: 498, width: 664 };
const SQUARE = { height: 500, width: 500 };

/** Whole pictures brought to one size; training may see squares cut from them. */
export function linearityIqaViews(trainer: Readonly<ParamValues>): ReturnType<ModelDef['views']> {
  const size = read.string(trainer, 'pictureSize');
  const final = size === 'square' ? SQUARE : WIDE;
  const resized = size === 'square-first' ? [SQUARE] : [];
  const whole: ViewShape = { kind: 'whole', ...final, resized };
  if (trainer['trainingCrop'] !== true) return whole;
  // 498 x 498 of pictures 498 high, as released; the whole of a square has no smaller square as high as itself.
  const side = Math.min(final.height, WIDE.height);
  const crop: ViewShape = { kind: 'crop', height: side, width: side, resized: [...resized, final] };
  return { train: crop, test: whole };
}

export const linearityIqaPresets: readonly Preset[] = [
  {
    id: 'paper',
    title: 'Paper, Table S5',
    help: 'The gradient-norm paper’s settings with its formula as printed. The norm is taken of the standardised output, so that it cannot be made small by a smaller output.',
    model: { backbone: 'resnet34' },
    trainer: linearityIqaRecipe.trainer,
    nt: { lambda: 0.0005, h: 0.01, half: false, space: 'normalised', target: 'standardised' },
  },
  {
    id: 'released',
    title: 'As released',
    help: 'The training of the published code (eight pictures per step) with the gradient-norm term as released for HyperIQA, on the output as it leaves the network, the epoch chosen on test.',
    model: { backbone: 'resnet34' },
    trainer: { ...linearityIqaRecipe.trainer, batchSize: 8, lossScale: 'raw', selection: 'test' },
    nt: {
      lambda: 0.0005,
      h: 0.01,
      half: true,
      space: 'normalised',
      batchNorm: 'batch',
      sharedPass: false,
      target: 'raw',
    },
  },
  {
    id: 'variant',
    title: 'Released, with variant',
    help: 'The published code’s second setting: the loss with a tenth of its variant.',
    model: { backbone: 'resnet34' },
    trainer: { ...linearityIqaRecipe.trainer, batchSize: 8, ninVariant: 0.1 },
    nt: { lambda: 0.0005, h: 0.01 },
  },
  {
    id: 'augmented',
    title: 'Released, with augmentation',
    help: 'The published code’s option that none of its commands uses: turned by up to two degrees, mirrored half of the time, a random square of 498 x 498.',
    model: { backbone: 'resnet34' },
    trainer: {
      ...linearityIqaRecipe.trainer,
      batchSize: 8,
      trainingCrop: true,
      rotation: 2,
      flip: true,
    },
    nt: { lambda: 0.0005, h: 0.01 },
  },
];
