import type { Preset } from '@shared/domain/catalogue';
import type { ParamSpec } from '@shared/params';
import { judgedByParam } from '../../training/judgement';
import type { ModelDef } from '../model';

const settings: readonly ParamSpec[] = [
  judgedByParam,
  {
    type: 'choice',
    id: 'shrink',
    label: 'Pictures before views are cut',
    help: 'The released code shrinks the pictures of KonIQ-10k to a square of one view, so that every view of a picture is the whole of it; of other data sets it cuts views as they are.',
    level: 'expert',
    group: 'Views',
    default: 'own',
    options: [
      { value: 'own', label: 'As they are', help: 'KADID-10k, PIPAL and every other data set.' },
      {
        value: 'koniq',
        label: 'Shrunk to one view',
        help: 'As released for KonIQ-10k: bicubic, as OpenCV does it, without regard to their shape.',
      },
    ],
  },
];

/** How MANIQA is trained: Yang et al., CVPR Workshops 2022, and the gradient-norm paper's Table S5. */
export const maniqaRecipe: ModelDef['recipe'] = {
  trainer: {
    epochs: 30,
    batchSize: 1,
    loss: 'mse',
    // Ratings from 0 to 1 by the extremes of the training part, which is this model's own unit.
    lossScale: 'native',
    optimizer: 'adam',
    learningRate: 1e-5,
    weightDecay: 1e-5,
    schedule: 'cosine',
    cosinePeriod: 50,
    cosineUnit: 'epochs',
    trainViews: 20,
    testViews: 20,
    flip: true,
    flipShare: 0.7,
    flipAxis: 'horizontal',
    cropRange: 'all',
    dropLast: true,
  },
  nt: { lambda: 0.003, h: 0.01 },
  paper: {
    epochs: { value: 30, source: 'Table S5' },
    batchSize: { value: 1, source: 'Table S5' },
    trainViews: { value: 20, source: 'Table S5' },
    testViews: { value: 20, source: 'Table S5' },
    learningRate: { value: 1e-5, source: 'released code' },
    weightDecay: { value: 1e-5, source: 'released code' },
    lambda: { value: 0.003, source: 'section 5.1' },
    h: { value: 0.01, source: 'section 5.1' },
  },
  settings,
};

export const maniqaPresets: readonly Preset[] = [
  {
    id: 'paper',
    title: 'Paper, Table S5',
    help: 'The gradient-norm paper’s settings with its formula as printed: one view per step, twenty per picture, mirrored left to right, a rate that falls over the epochs.',
    model: {},
    trainer: maniqaRecipe.trainer,
    nt: { lambda: 0.003, h: 0.01, half: false, space: 'normalised' },
  },
  {
    id: 'released',
    title: 'As released',
    help: 'What the published code does, its slips included: mirrored top to bottom, never a view at the far edges, a rate that rises and falls every hundred steps, eight views per step and one per picture for 300 epochs, the epoch with the best sum of SROCC and PLCC; the gradient-norm term as released for HyperIQA.',
    model: {},
    trainer: {
      ...maniqaRecipe.trainer,
      epochs: 300,
      batchSize: 8,
      trainViews: 1,
      cosineUnit: 'steps',
      flipAxis: 'vertical',
      cropRange: 'without-last',
      judgedBy: 'srocc-plcc',
    },
    nt: { lambda: 0.003, h: 0.01, half: true, space: 'normalised', sharedPass: false },
  },
];
