import type { Preset } from '@shared/domain/catalogue';
import { read } from '@shared/params';
import type { ParamSpec, ParamValues } from '@shared/params';
import type { ModelDef, ViewShape } from '../model';
import type { Plan } from '../plan';

const SIDE = 224;

/** Epochs after which the hyper network's rate falls tenfold, and after which its advantage over the trunk ends. */
const FALLS_EVERY = 6;
const ADVANTAGE_ENDS = 8;

const settings: readonly ParamSpec[] = [
  {
    type: 'choice',
    id: 'hyperSchedule',
    label: 'Training of the hyper network',
    help: 'The layers that set the weights of the scoring network. In the released code they leave the optimiser after the first epoch, because a list is used up by then: from the second epoch on only the trunk is trained.',
    level: 'guided',
    group: 'Optimiser',
    default: 'described',
    options: [
      {
        value: 'described',
        label: 'Every epoch, rate falling',
        help: 'As described: faster than the trunk, ten times slower every six epochs, at the trunk’s pace from the eleventh on.',
      },
      { value: 'released', label: 'First epoch only', help: 'What the released code does.' },
    ],
  },
  {
    type: 'number',
    id: 'hyperRate',
    label: 'Advantage of the hyper network',
    help: 'Its learning rate in units of the trunk’s.',
    level: 'expert',
    group: 'Optimiser',
    default: 10,
    min: 0,
    max: 1000,
    scale: 'log',
    paper: { value: 10, source: 'released code, HyperIQA' },
  },
  {
    type: 'boolean',
    id: 'freshOptimizer',
    label: 'New optimiser every epoch',
    help: 'The released code makes a new Adam after every epoch, which forgets what it has learnt of the gradients’ size. Otherwise one lasts for the whole training.',
    level: 'guided',
    group: 'Optimiser',
    default: false,
  },
  {
    type: 'choice',
    id: 'pictureSize',
    label: 'Pictures before views are cut',
    help: 'The released code brings the pictures of two data sets to one size first, KonIQ-10k’s to a tall shape they do not have.',
    level: 'expert',
    group: 'Views',
    default: 'own',
    options: [
      { value: 'own', label: 'As they are', help: 'LIVE, CSIQ, TID2013, LIVE In the Wild.' },
      { value: 'koniq', label: '384 wide, 512 high', help: 'As released for KonIQ-10k.' },
      { value: 'bid', label: '512 x 512', help: 'As released for BID.' },
    ],
  },
];

/**
 * Two groups, trunk and hyper network. As described the hyper network's rate in epoch t is, in units of the trunk's,
 * 10 for t = 0, then 10^-floor((t-1)/6) times 10, or times 1 once t - 1 > 8; the trunk's stays (released code, HyperIQA).
 */
const plan: Plan = (trainer) => {
  const ratio = read.number(trainer, 'hyperRate');
  const released = read.string(trainer, 'hyperSchedule') === 'released';
  const described = (epoch: number): number => {
    const ended = Math.max(0, epoch - 1);
    return 10 ** -Math.floor(ended / FALLS_EVERY) * (ended > ADVANTAGE_ENDS ? 1 : ratio);
  };
  return [
    {
      id: 'all',
      title: 'whole network',
      epochs: read.number(trainer, 'epochs'),
      optimizer: read.string(trainer, 'optimizer'),
      learningRate: read.number(trainer, 'learningRate'),
      weightDecay: read.number(trainer, 'weightDecay'),
      freshEachEpoch: read.boolean(trainer, 'freshOptimizer'),
      groups: [
        {
          id: 'hyper',
          prefixes: ['conv1.', 'fc'],
          rate: released ? (epoch) => (epoch === 0 ? ratio : null) : described,
        },
        { id: 'trunk', prefixes: [''], rate: () => 1 },
      ],
    },
  ];
};

/** How HyperIQA is trained: Su et al., CVPR 2020, and the gradient-norm paper's Table S5. */
export const hyperIqaRecipe: ModelDef['recipe'] = {
  trainer: {
    epochs: 16,
    batchSize: 16,
    loss: 'l1',
    optimizer: 'adam',
    learningRate: 2e-5,
    weightDecay: 5e-4,
    schedule: 'constant',
    trainViews: 25,
    testViews: 25,
    flip: true,
  },
  nt: { lambda: 0.001, h: 0.01 },
  paper: {
    epochs: { value: 16, source: 'Table S5' },
    batchSize: { value: 16, source: 'Table S5' },
    trainViews: { value: 25, source: 'Table S5' },
    testViews: { value: 25, source: 'Table S5' },
    learningRate: { value: 2e-5, source: 'released code' },
    weightDecay: { value: 5e-4, source: 'released code' },
    lambda: { value: 0.001, source: 'section 5.1' },
    h: { value: 0.01, source: 'section 5.1' },
  },
  settings,
  plan,
};

const sizes: Readonly<Record<string, ViewShape['resized']>> = {
  koniq: [{ height: 512, width: 384 }],
  bid: [{ height: 512, width: 512 }],
};

/** Random crops of 224 x 224, of the picture as it is or brought to a size first. */
export function hyperIqaViews(trainer: Readonly<ParamValues>): ViewShape {
  const resized = sizes[read.string(trainer, 'pictureSize')] ?? [];
  return { kind: 'crop', height: SIDE, width: SIDE, resized };
}

export const hyperIqaPresets: readonly Preset[] = [
  {
    id: 'paper',
    title: 'Paper, Table S5',
    help: 'The gradient-norm paper’s settings with its formula as printed, and the training of HyperIQA as described.',
    model: {},
    trainer: { ...hyperIqaRecipe.trainer, hyperSchedule: 'described', freshOptimizer: false },
    nt: { lambda: 0.001, h: 0.01, half: false, space: 'normalised' },
  },
  {
    id: 'released',
    title: 'As released',
    help: 'What the published code does, its slips included: hyper network in the first epoch only, a new optimiser every epoch, ratings as published, half the squared norm, stored statistics that follow all three passes, the epoch chosen on test.',
    model: {},
    trainer: {
      ...hyperIqaRecipe.trainer,
      hyperSchedule: 'released',
      freshOptimizer: true,
      lossScale: 'raw',
      selection: 'test',
    },
    nt: {
      lambda: 0.001,
      h: 0.01,
      half: true,
      space: 'normalised',
      batchNorm: 'batch',
      sharedPass: false,
    },
  },
];
