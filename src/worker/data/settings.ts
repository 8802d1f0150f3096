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
    label: 'Mirror half of the training views',
    help: 'Each training view is mirrored left to right with probability one half. Scoring never mirrors.',
    level: 'expert',
    group: 'Views',
    default: true,
  },
];

export interface ViewSettings {
  readonly trainViews: number;
  readonly testViews: number;
  readonly method: 'random' | 'grid';
  readonly flip: boolean;
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
  };
}
