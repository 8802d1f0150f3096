import { type ParamSpec, type ParamValues, read } from '@shared/params';

/** Settings shared by the sign-gradient attacks. Each attack states its own defaults. */
export interface SignDefaults {
  readonly epsilon: number;
  readonly stepSize: number;
  /** Where the paper names the value of epsilon. */
  readonly source: string;
}

export function signParams(defaults: SignDefaults): ParamSpec[] {
  return [
    {
      type: 'number',
      id: 'epsilon',
      label: 'Largest change of a pixel (epsilon)',
      help: 'No pixel value may move further than this from the original picture.',
      level: 'paper',
      default: defaults.epsilon,
      min: 0,
      max: 1,
      unit: 'pixel',
      paper: { value: defaults.epsilon, source: defaults.source },
    },
    {
      type: 'number',
      id: 'stepSize',
      label: 'Step size (alpha)',
      help: 'How far every pixel moves in one step, before it is brought back within epsilon.',
      level: 'paper',
      default: defaults.stepSize,
      min: 0,
      max: 1,
      unit: 'pixel',
      paper: { value: 0.01, source: 'Table S7' },
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
      ],
      paper: { value: 'mid', source: 'section S10' },
    },
    {
      type: 'choice',
      id: 'start',
      label: 'Starting point',
      help: 'From the unchanged picture, absolute and squared change have no gradient: a single step would do nothing. "Automatic" therefore starts them at a random point within epsilon, and "mid" at the picture itself, as the paper does.',
      level: 'guided',
      default: 'auto',
      options: [
        { value: 'auto', label: 'Automatic', help: 'Random for mae and mse, the picture for mid.' },
        { value: 'picture', label: 'The unchanged picture', help: 'No random start.' },
        { value: 'random', label: 'Random within epsilon', help: 'Uniform, from the seed.' },
      ],
    },
  ];
}

export type SignLoss = 'mid' | 'mae' | 'mse';

export interface SignSettings {
  readonly epsilon: number;
  readonly stepSize: number;
  readonly loss: SignLoss;
  readonly randomStart: boolean;
}

/** Reads checked values of `signParams`. */
export function signSettings(values: Readonly<ParamValues>): SignSettings {
  const name = read.string(values, 'loss');
  const loss = name === 'mae' || name === 'mse' ? name : 'mid';
  const start = read.string(values, 'start');
  return {
    epsilon: read.number(values, 'epsilon'),
    stepSize: read.number(values, 'stepSize'),
    loss,
    randomStart: start === 'random' || (start === 'auto' && loss !== 'mid'),
  };
}
