import { read } from '@shared/params';
import type { AttackDef } from './attack';
import { signParams, signSettings } from './gradient/params';
import { signSteps } from './gradient/sign-steps';

const msu = {
  epsilon: 10 / 255,
  stepSize: 1 / 255,
  steps: 10,
  decay: 1,
  gradient: 'raw',
  loss: 'up',
  start: 'picture',
} as const;

const attack: AttackDef = {
  id: 'mi-fgsm',
  version: 1,
  title: 'MI-FGSM',
  citation: 'Dong et al., CVPR 2018; presets after the MSU benchmark, AAAI 2024',
  summary:
    'Several sign steps that keep a memory of the steps before, so that they are not thrown off course.',
  access: 'white-box',
  params: [
    ...signParams({ epsilon: 0.01, stepSize: 0.001 }),
    {
      type: 'integer',
      id: 'steps',
      label: 'Steps',
      help: 'Number of gradient steps.',
      level: 'paper',
      default: 10,
      min: 1,
      max: 1000,
    },
    {
      type: 'number',
      id: 'decay',
      label: 'Momentum (mu)',
      help: 'Share of the direction so far that is kept at every step. 0 is I-FGSM.',
      level: 'guided',
      default: 1,
      min: 0,
      max: 1,
    },
    {
      type: 'choice',
      id: 'gradient',
      label: 'Gradient that is added',
      help: 'The publication divides every gradient by its length first, so that all steps weigh alike; the MSU benchmark adds them as they are.',
      level: 'guided',
      default: 'normalised',
      options: [
        { value: 'normalised', label: 'Brought to length 1 (l1)', help: 'As published.' },
        { value: 'raw', label: 'As it is', help: 'As the MSU benchmark does.' },
      ],
    },
  ],
  presets: [
    {
      id: 'dong',
      title: 'As published',
      help: 'Ten steps of a tenth of epsilon, momentum 1, every gradient brought to length 1 first; epsilon 16 grey levels.',
      params: {
        epsilon: 16 / 255,
        stepSize: 1.6 / 255,
        steps: 10,
        decay: 1,
        gradient: 'normalised',
      },
    },
    {
      id: 'msu-mi-fgsm',
      title: 'MSU benchmark: MI-FGSM',
      help: 'As its code does: ten steps of one grey level that always raise the score, momentum 1. Its gradients are added as they are, not brought to length 1 as in the publication.',
      params: { ...msu },
    },
    {
      id: 'msu-ami-fgsm',
      title: 'MSU benchmark: AMI-FGSM',
      help: 'Its epsilon was meant to follow the NIQE of each picture. The code computes no NIQE: it takes ten steps of a tenth of 10 grey levels, which are the steps of MI-FGSM.',
      params: { ...msu },
    },
  ],
  budget: (params) => ({ norm: 'linf', epsilon: signSettings(params).epsilon }),
  startsAtPicture: (params) => !signSettings(params).randomStart,
  run: (x, params, context) => {
    const momentum = {
      decay: read.number(params, 'decay'),
      normalised: read.string(params, 'gradient') === 'normalised',
    };
    const settings = { ...signSettings(params), momentum };
    return signSteps(x, settings, read.number(params, 'steps'), context);
  },
};

export default attack;
