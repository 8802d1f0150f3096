import type { ParamSpec, ParamValues } from '@shared/params';
import { read } from '@shared/params';
import type { NormSettings } from './gradient-norm';

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
    type: 'choice',
    id: 'side',
    label: 'Side of the step',
    help: 'The paper steps up the gradient only. A network can learn to be flat above a picture and steep below it: the measured norm falls while the score can still be lowered. Drawing the side for each view closes that way out.',
    level: 'guided',
    default: 'up',
    options: [
      { value: 'up', label: 'Up the gradient' },
      { value: 'either', label: 'Up or down, drawn for each view' },
    ],
  },
  {
    type: 'integer',
    id: 'rampSteps',
    label: 'Lambda grows over',
    help: 'Steps in which lambda grows from nothing to its value. A fresh last layer on pretrained features has nothing to say yet, and the norm term alone would undo the features. 0 uses all of lambda from the first step, as the paper does.',
    level: 'guided',
    default: 0,
    min: 0,
    max: 1_000_000,
    unit: 'steps',
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

/** Which output the regulariser watches, where a line fitted afterwards makes that a question. */
const targetParam: ParamSpec = {
  type: 'choice',
  id: 'target',
  label: 'Output that is regularised',
  help: 'A loss that ignores the scale of the output lets the network make the norm small by shrinking its output, which the line fitted afterwards undoes. The standardised output, divided by its own spread over the batch, closes that way out. Which of the two the authors used is not known.',
  level: 'guided',
  default: 'standardised',
  options: [
    { value: 'raw', label: 'As it leaves the network' },
    { value: 'standardised', label: 'Standardised over the batch' },
  ],
};

const dropoutParam: ParamSpec = {
  type: 'choice',
  id: 'dropout',
  label: 'Dropout in the regulariser',
  help: 'Whether the regulariser’s passes leave out the same random parts as the loss’s pass, or nothing at all. Then the clean scores of loss and norm differ and are computed twice.',
  level: 'expert',
  default: 'same-mask',
  options: [
    { value: 'same-mask', label: 'One mask for all passes of a step' },
    { value: 'off', label: 'None: as when scoring' },
  ],
};

/** Settings of a model's regulariser: which output it watches is asked only where there are two answers. */
export function ntSpecs(def: {
  readonly mapped?: boolean;
  readonly drops?: boolean;
}): readonly ParamSpec[] {
  return [...ntParams, ...(def.mapped ? [targetParam] : []), ...(def.drops ? [dropoutParam] : [])];
}

/** The regulariser's typed settings, or null for a baseline. */
export function normSettings(values: Readonly<ParamValues> | null): NormSettings | null {
  if (!values) return null;
  const batchNorm = read.string(values, 'batchNorm');
  return {
    lambda: read.number(values, 'lambda'),
    rampSteps: typeof values['rampSteps'] === 'number' ? values['rampSteps'] : 0,
    h: read.number(values, 'h'),
    space: read.string(values, 'space') === 'pixel' ? 'pixel' : 'normalised',
    side: values['side'] === 'either' ? 'either' : 'up',
    half: read.boolean(values, 'half'),
    standardised: values[targetParam.id] === 'standardised',
    batchNorm: batchNorm === 'batch' || batchNorm === 'running' ? batchNorm : 'batch-frozen',
    dropout: values[dropoutParam.id] !== 'off',
    // Stored statistics, or no dropout, give other clean scores than the loss's pass: nothing can be shared then.
    sharedPass:
      read.boolean(values, 'sharedPass') &&
      batchNorm !== 'running' &&
      values[dropoutParam.id] !== 'off',
  };
}
