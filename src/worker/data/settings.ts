import { type ParamSpec, type ParamValues, read } from '@shared/params';

/**
 * What a model is shown of a picture. One list for every model: a model changes the defaults in its
 * recipe. Models that score the whole picture have one view and ignore counts and method.
 */
export const viewParams: readonly ParamSpec[] = [
  {
    type: 'integer',
    id: 'trainViews',
    label: 'Views per picture and epoch',
    help: 'How many crops of each training picture one epoch shows; they are drawn anew every epoch.',
    level: 'guided',
    group: 'Views',
    default: 25,
    min: 1,
    max: 1024,
    paper: { value: 25, source: 'Table S5, HyperIQA' },
  },
  {
    type: 'integer',
    id: 'testViews',
    label: 'Views per picture when scoring',
    help: 'How many crops are scored; the score of the picture is their mean. Drawn once from the seed and the picture, so clean and attacked scores see the same crops.',
    level: 'guided',
    group: 'Views',
    default: 25,
    min: 1,
    max: 1024,
    paper: { value: 25, source: 'Table S5, HyperIQA' },
  },
  {
    type: 'choice',
    id: 'viewMethod',
    label: 'Where scoring views lie',
    help: 'Random positions as in the released code, or an even grid that covers the picture.',
    level: 'expert',
    group: 'Views',
    default: 'random',
    options: [
      { value: 'random', label: 'Random', help: 'Every position equally likely, edges included.' },
      { value: 'grid', label: 'Grid', help: 'Evenly spaced, at most the stated number.' },
    ],
  },
  {
    type: 'boolean',
    id: 'flip',
    label: 'Mirror training views',
    help: 'Some training views are mirrored, drawn anew every epoch. Scoring never mirrors.',
    level: 'expert',
    group: 'Views',
    default: true,
  },
  {
    type: 'number',
    id: 'flipShare',
    label: 'Share of mirrored views',
    help: 'Probability with which a training view is mirrored. MANIQA uses 0.7, the other models one half.',
    level: 'expert',
    group: 'Views',
    default: 0.5,
    min: 0,
    max: 1,
    when: { id: 'flip', is: [true] },
  },
  {
    type: 'choice',
    id: 'flipAxis',
    label: 'Mirrored',
    help: 'Left to right as described everywhere. MANIQA’s released code means to do so, but reverses the rows: its pictures stand on their heads.',
    level: 'expert',
    group: 'Views',
    default: 'horizontal',
    options: [
      { value: 'horizontal', label: 'Left to right' },
      { value: 'vertical', label: 'Top to bottom' },
    ],
    when: { id: 'flip', is: [true] },
  },
  {
    type: 'choice',
    id: 'cropRange',
    label: 'Positions of random views',
    help: 'Whether a random view may lie at the right and bottom edge of the picture. MANIQA’s released code never draws the last position.',
    level: 'expert',
    group: 'Views',
    default: 'all',
    options: [
      { value: 'all', label: 'Every position' },
      { value: 'without-last', label: 'Every position but the last' },
    ],
  },
  {
    type: 'boolean',
    id: 'dropLast',
    label: 'Leave out an incomplete last step',
    help: 'When the views of an epoch do not divide evenly into steps, the rest is left out of this epoch instead of making a smaller step. Which views are left out changes with every epoch.',
    level: 'expert',
    group: 'Training',
    default: false,
  },
];

/** Offered by models whose authors turn training pictures. */
export const rotationParam: ParamSpec = {
  type: 'number',
  id: 'rotation',
  label: 'Turn training pictures',
  help: 'Each training view is cut from the picture turned by an angle between minus and plus this, about its centre, drawn anew every epoch. Corners that come from outside are black. Scoring never turns.',
  level: 'expert',
  group: 'Views',
  default: 0,
  min: 0,
  max: 45,
  unit: 'degrees',
};

export interface ViewSettings {
  readonly trainViews: number;
  readonly testViews: number;
  readonly method: 'random' | 'grid';
  readonly flip: boolean;
  /** Probability of a mirrored training view. */
  readonly flipShare: number;
  readonly flipAxis: 'horizontal' | 'vertical';
  /** Whether the last valid offset of a random view may be drawn. */
  readonly lastOffset: boolean;
  readonly dropLast: boolean;
  /** Largest angle a training view's picture is turned by, in degrees; 0 or absent turns none. */
  readonly rotation?: number;
}

/** Reads checked trainer values; absent names take the defaults above, so older runs still open. */
export function viewSettings(trainer: Readonly<ParamValues>): ViewSettings {
  const values = Object.fromEntries(
    viewParams.map((spec) => [spec.id, trainer[spec.id] ?? spec.default]),
  );
  return {
    trainViews: read.number(values, 'trainViews'),
    testViews: read.number(values, 'testViews'),
    method: read.string(values, 'viewMethod') === 'grid' ? 'grid' : 'random',
    flip: read.boolean(values, 'flip'),
    flipShare: read.number(values, 'flipShare'),
    flipAxis: read.string(values, 'flipAxis') === 'vertical' ? 'vertical' : 'horizontal',
    lastOffset: read.string(values, 'cropRange') === 'all',
    dropLast: read.boolean(values, 'dropLast'),
    rotation: Number(trainer[rotationParam.id] ?? 0),
  };
}
