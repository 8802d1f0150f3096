import type { ParamSpec, ParamValues } from '@shared/params';
import { read } from '@shared/params';
import type { NormSettings } from './gradient-norm';
import { losses } from './losses';
import { optimizers } from './optimizers';
import { schedules } from './schedules';

/** Settings of the trainer, shared by all models; a model's recipe changes the defaults. */
export const trainerParams: readonly ParamSpec[] = [
  {
    type: 'integer',
    id: 'epochs',
    label: 'Epochs',
    help: 'How often training goes through all training pictures.',
    level: 'paper',
    group: 'Training',
    default: 16,
    min: 1,
    max: 10_000,
    paper: { value: 16, source: 'Table S5, HyperIQA' },
  },
  {
    type: 'integer',
    id: 'batchSize',
    label: 'Views per step',
    help: 'How many views one optimiser step sees. More views make a steadier step and need more memory.',
    level: 'paper',
    group: 'Training',
    default: 16,
    min: 1,
    max: 4096,
    paper: { value: 16, source: 'Table S5, HyperIQA' },
  },
  choiceOf(
    'loss',
    'Quality loss',
    'What the distance between score and rating costs.',
    'l1',
    losses.all,
  ),
  {
    type: 'choice',
    id: 'lossScale',
    label: 'Scale of loss and norm',
    help: 'Whether the loss and the gradient-norm term see scores from 0 to 100 or the model’s native output. Lambda depends on it.',
    level: 'guided',
    group: 'Training',
    default: 'lab',
    options: [
      { value: 'lab', label: '0 to 100' },
      { value: 'native', label: 'Native units' },
    ],
  },
  choiceOf('optimizer', 'Optimiser', 'How weights follow their gradients.', 'adam', optimizers.all),
  {
    type: 'number',
    id: 'learningRate',
    label: 'Learning rate',
    help: 'Size of the optimiser’s steps at the start.',
    level: 'paper',
    group: 'Optimiser',
    default: 2e-5,
    min: 0,
    max: 1,
    scale: 'log',
    paper: { value: 2e-5, source: 'released code, HyperIQA' },
  },
  {
    type: 'number',
    id: 'weightDecay',
    label: 'Weight decay',
    help: 'Pull of every weight towards zero, added to its gradient.',
    level: 'guided',
    group: 'Optimiser',
    default: 5e-4,
    min: 0,
    max: 1,
    scale: 'log',
    paper: { value: 5e-4, source: 'released code, HyperIQA' },
  },
  choiceOf('schedule', 'Schedule', 'How the learning rate develops.', 'constant', schedules.all),
  {
    type: 'integer',
    id: 'warmupSteps',
    label: 'Warm-up',
    help: 'Steps over which the learning rate rises from zero; 0 for none.',
    level: 'expert',
    group: 'Optimiser',
    default: 0,
    min: 0,
    unit: 'steps',
  },
  ...dependent('optimizer', optimizers.all),
  ...dependent('schedule', schedules.all),
];

/** Settings of the gradient-norm regulariser. */
export const ntParams: readonly ParamSpec[] = [
  {
    type: 'number',
    id: 'lambda',
    label: 'Lambda',
    help: 'Weight of the squared gradient norm in the loss. More makes the model steadier and, beyond a point, less accurate.',
    level: 'paper',
    default: 0.001,
    min: 0,
    max: 10,
    scale: 'log',
    paper: { value: 0.001, source: 'section 5.1, HyperIQA' },
  },
  {
    type: 'number',
    id: 'h',
    label: 'Step h',
    help: 'How far the input is moved to measure the gradient’s norm.',
    level: 'paper',
    default: 0.01,
    min: 1e-6,
    max: 1,
    scale: 'log',
    paper: { value: 0.01, source: 'section 5.1' },
  },
  {
    type: 'choice',
    id: 'space',
    label: 'Space of h',
    help: 'Whether the step is taken in the model’s normalised input, as in the released code, or in pixels.',
    level: 'guided',
    default: 'normalised',
    options: [
      { value: 'normalised', label: 'Normalised input' },
      { value: 'pixel', label: 'Pixels' },
    ],
  },
  {
    type: 'boolean',
    id: 'half',
    label: 'Factor one half',
    help: 'The released code halves the squared norm; the paper’s formula does not.',
    level: 'guided',
    default: true,
  },
  {
    type: 'choice',
    id: 'batchNorm',
    label: 'Batch norm in the regulariser',
    help: 'How batch normalisation behaves in the regulariser’s own passes. Models without it ignore this.',
    level: 'expert',
    default: 'batch-frozen',
    options: [
      {
        value: 'batch',
        label: 'Batch statistics, stored ones follow',
        help: 'As released: stored statistics move with every pass.',
      },
      { value: 'batch-frozen', label: 'Batch statistics, stored ones stay' },
      { value: 'running', label: 'Stored statistics' },
    ],
  },
  {
    type: 'boolean',
    id: 'sharedPass',
    label: 'Share the clean pass',
    help: 'The scores of the unmoved views are computed once for loss and norm. The released code computes them twice, with equal values.',
    level: 'expert',
    default: true,
  },
];

/** The regulariser's typed settings, or null for a baseline. */
export function normSettings(values: Readonly<ParamValues> | null): NormSettings | null {
  if (!values) return null;
  const batchNorm = read.string(values, 'batchNorm');
  return {
    lambda: read.number(values, 'lambda'),
    h: read.number(values, 'h'),
    space: read.string(values, 'space') === 'pixel' ? 'pixel' : 'normalised',
    half: read.boolean(values, 'half'),
    batchNorm: batchNorm === 'batch' || batchNorm === 'running' ? batchNorm : 'batch-frozen',
    // Stored statistics give other clean scores than the loss's training pass, so nothing can be shared then.
    sharedPass: read.boolean(values, 'sharedPass') && batchNorm !== 'running',
  };
}

interface Choice {
  readonly id: string;
  readonly title: string;
  readonly help: string;
}

function choiceOf(
  id: string,
  label: string,
  help: string,
  preset: string,
  entries: ReadonlyMap<string, Choice>,
): ParamSpec {
  const options = [...entries.values()].map((entry) => ({
    value: entry.id,
    label: entry.title,
    help: entry.help,
  }));
  const group = id === 'loss' ? 'Training' : 'Optimiser';
  return { type: 'choice', id, label, help, level: 'guided', group, default: preset, options };
}

/** Parameters of the entries of a registry, each shown only when its entry is chosen. */
function dependent(
  chooser: string,
  entries: ReadonlyMap<string, { readonly id: string; readonly params: readonly ParamSpec[] }>,
): ParamSpec[] {
  return [...entries.values()].flatMap((entry) =>
    entry.params.map((spec) => ({ ...spec, when: { id: chooser, is: [entry.id] } })),
  );
}
