import { type ParamSpec, type ParamValues, read } from '@shared/params';

/** Settings shared by the sign-gradient attacks. Each attack states its own defaults. */
export interface SignDefaults {
  readonly epsilon: number;
  readonly stepSize: number;
  /** Where the paper names the value of epsilon; absent for attacks that it does not run. */
  readonly source?: string;
}

export function signParams({ epsilon, stepSize, source }: SignDefaults): ParamSpec[] {
  return [
    {
      type: 'number',
      id: 'epsilon',
      label: 'Largest change of a pixel (epsilon)',
      help: 'No pixel value may move further than this from the original picture.',
      level: 'paper',
      default: epsilon,
      min: 0,
      max: 1,
      unit: 'pixel',
      ...(source !== undefined && { paper: { value: epsilon, source } }),
    },
    {
      type: 'number',
      id: 'stepSize',
      label: 'Step size (alpha)',
      help: 'How far every pixel moves in one step, before it is brought back within epsilon.',
      level: 'paper',
      default: stepSize,
      min: 0,
      max: 1,
      unit: 'pixel',
      ...(source !== undefined && { paper: { value: 0.01, source: 'Table S7' } }),
    },
    {
      type: 'choice',
      id: 'loss',
      label: 'What the attack increases',
      help: 'The paper uses "mid": raise scores up to 50, lower those above. The absolute and the squared change have the same sign of gradient at every step, so as sign attacks they are one and the same; both are flat at the unchanged picture.',
      level: 'guided',
      default: 'mid',
      options: [
        { value: 'mid', label: 'Away from its half (mid)', help: 'Eq. S18: up if f <= 50.' },
        { value: 'mae', label: 'Absolute change (mae)', help: '|f(x) - f(original)|.' },
        { value: 'mse', label: 'Squared change (mse)', help: '(f(x) - f(original))^2.' },
        { value: 'up', label: 'The score', help: 'Always upwards, as the MSU benchmark does.' },
        { value: 'down', label: 'The score, downwards', help: 'Always downwards.' },
      ],
      ...(source !== undefined && { paper: { value: 'mid', source: 'section S10' } }),
    },
    {
      type: 'choice',
      id: 'start',
      label: 'Starting point',
      help: 'From the unchanged picture, absolute and squared change have no gradient: a single step would do nothing. "Automatic" therefore starts them at a random point within epsilon, and "mid" at the picture itself, as the paper does.',
      level: 'guided',
      default: 'auto',
      options: [
        { value: 'auto', label: 'Automatic', help: 'Random for mae and mse, else the picture.' },
        { value: 'picture', label: 'The unchanged picture', help: 'No random start.' },
        { value: 'random', label: 'Random within epsilon', help: 'Uniform, from the seed.' },
      ],
    },
  ];
}

const signLosses = ['mid', 'mae', 'mse', 'up', 'down'] as const;
export type SignLoss = (typeof signLosses)[number];

/** The losses whose sign is fixed by the clean score: all that attacks with a memory of steps offer. */
export type DirectedLoss = 'mid' | 'up' | 'down';

/** The choice between them, for attacks that climb one way from start to end. */
export const directionParam: ParamSpec = {
  type: 'choice',
  id: 'loss',
  label: 'Which way the score is driven',
  help: 'The paper drives scores up to 50 upwards and those above downwards. The MSU benchmark always raises them.',
  level: 'guided',
  default: 'mid',
  options: [
    { value: 'mid', label: 'Away from its half (mid)', help: 'Eq. S18: up if f <= 50.' },
    { value: 'up', label: 'Up', help: 'As the MSU benchmark does.' },
    { value: 'down', label: 'Down' },
  ],
};

/** Reads a checked value of `directionParam`. */
export function directedLoss(values: Readonly<ParamValues>): DirectedLoss {
  const name = read.string(values, directionParam.id);
  return name === 'up' || name === 'down' ? name : 'mid';
}

export interface SignSettings {
  readonly epsilon: number;
  readonly stepSize: number;
  readonly loss: SignLoss;
  readonly randomStart: boolean;
  /** Absent: every step follows the gradient where it is. */
  readonly momentum?: Momentum;
}

/** Memory of earlier steps. */
export interface Momentum {
  /** mu: share of the direction so far that is kept. */
  readonly decay: number;
  /** Whether every gradient is divided by its l1 norm before it is added. */
  readonly normalised: boolean;
}

/** Reads checked values of `signParams`. */
export function signSettings(values: Readonly<ParamValues>): SignSettings {
  const name = read.string(values, 'loss');
  const loss = signLosses.find((known) => known === name) ?? 'mid';
  const start = read.string(values, 'start');
  return {
    epsilon: read.number(values, 'epsilon'),
    stepSize: read.number(values, 'stepSize'),
    loss,
    randomStart: start === 'random' || (start === 'auto' && (loss === 'mae' || loss === 'mse')),
  };
}
