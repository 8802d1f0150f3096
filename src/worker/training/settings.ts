import type { ParamSpec, ParamValues } from '@shared/params';
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
    help: 'The unit in which the loss and the gradient-norm term see scores and ratings. Lambda depends on it. Results are reported from 0 to 100 either way.',
    level: 'guided',
    group: 'Training',
    default: 'lab',
    options: [
      { value: 'lab', label: '0 to 100' },
      { value: 'native', label: 'Native units', help: 'Those of the model’s own output.' },
      {
        value: 'unit',
        label: '0 to 1',
        help: 'Smallest and largest rating of the training pictures become 0 and 1, as MANIQA’s code does.',
      },
      {
        value: 'raw',
        label: 'Ratings as published',
        help: 'In the data set’s own unit, as the code of HyperIQA, DBCNN and LinearityIQA sees them.',
      },
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
  {
    type: 'boolean',
    id: 'recompute',
    label: 'Compute activations twice',
    help: 'Where memory is short: what the layers of a block compute is not kept for the gradient but computed again. Takes about a third more time and far less memory; results are the same up to rounding. Light models ignore this.',
    level: 'expert',
    group: 'Training',
    default: false,
  },
  ...dependent('loss', losses.all),
  ...dependent('optimizer', optimizers.all),
  ...dependent('schedule', schedules.all),
];

/** Id of the setting below. */
const mappingId = 'mapping';

/** Whether the line is fitted after every epoch, before it is validated. */
export function fitsEveryEpoch(trainer: Readonly<ParamValues>): boolean {
  return trainer[mappingId] === 'epoch';
}

/** Settings of models whose output is brought to the ratings by a line fitted afterwards. */
export const mappingParams: readonly ParamSpec[] = [
  {
    type: 'choice',
    id: mappingId,
    label: 'Line from output to rating',
    help: 'The output of this model has no scale of its own: a straight line, fitted to the training pictures by least squares, turns it into a score. Until then its RMSE means nothing and is left out.',
    level: 'guided',
    group: 'Training',
    default: 'end',
    options: [
      {
        value: 'end',
        label: 'Fitted once, at the end',
        help: 'For the epoch the run is judged by. As the released code does.',
      },
      {
        value: 'epoch',
        label: 'Fitted after every epoch',
        help: 'Validation RMSE then exists for every epoch, at the price of scoring all training pictures each time.',
      },
    ],
  },
];

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
