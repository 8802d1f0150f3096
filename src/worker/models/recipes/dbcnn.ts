import type { Preset } from '@shared/domain/catalogue';
import type { ModelDef } from '../model';

const common = { loss: 'mse', optimizer: 'adam', learningRate: 1e-5, weightDecay: 5e-4 };

/** What the gradient-norm paper and the released code say of DBCNN. */
export const dbCnnPaper: ModelDef['recipe']['paper'] = {
  epochs: { value: 50, source: 'Table S5' },
  batchSize: { value: 6, source: 'Table S5' },
  learningRate: { value: 1e-5, source: 'released code' },
  weightDecay: { value: 5e-4, source: 'released code' },
  lambda: { value: 0.0005, source: 'section 5.1' },
  h: { value: 0.01, source: 'section 5.1' },
};

/** DBCNN's settings in the gradient-norm paper's Table S5 and in its own released code. */
export const dbCnnPresets: readonly Preset[] = [
  {
    id: 'paper',
    title: 'Paper, Table S5',
    help: 'The gradient-norm paper’s settings with its formula as printed: whole pictures of 500 x 500, six per step.',
    model: {},
    trainer: { ...common, epochs: 50, fcEpochs: 50, batchSize: 6, trainingView: 'whole' },
    nt: { lambda: 0.0005, h: 0.01, half: false, space: 'normalised' },
  },
  {
    id: 'released',
    title: 'As released',
    help: 'The training of the published code (crops of 448, eight per step, ratings as published, the epoch chosen on test) with the gradient-norm term as released for HyperIQA.',
    model: {},
    trainer: {
      ...common,
      epochs: 50,
      fcEpochs: 50,
      batchSize: 8,
      trainingView: 'crop',
      lossScale: 'raw',
      selection: 'test',
    },
    nt: {
      lambda: 0.0005,
      h: 0.01,
      half: true,
      space: 'normalised',
      batchNorm: 'batch',
      sharedPass: false,
    },
  },
];
