import { read } from '@shared/params';
import type { AttackDef } from './attack';
import { signParams, signSettings } from './gradient/params';
import { signSteps } from './gradient/sign-steps';

const attack: AttackDef = {
  id: 'i-fgsm',
  version: 1,
  title: 'I-FGSM',
  citation:
    'Kurakin, Goodfellow & Bengio, ICLR workshop 2017; on a quality score as in Eq. S18-S20',
  summary: 'Several steps along the sign of the gradient, kept within epsilon of the picture.',
  access: 'white-box',
  params: [
    ...signParams({ epsilon: 0.01, stepSize: 0.01, source: 'Fig. S13' }),
    {
      type: 'integer',
      id: 'steps',
      label: 'Steps',
      help: 'Number of gradient steps. One step is FGSM.',
      level: 'paper',
      default: 10,
      min: 1,
      max: 1000,
      paper: { value: 10, source: 'Fig. S13' },
    },
  ],
  presets: [
    {
      id: 'paper-01',
      title: '10 steps, epsilon 0.01',
      help: 'Fig. S13. The paper does not state alpha for ten steps; 0.01 is used, as elsewhere.',
      params: { epsilon: 0.01, stepSize: 0.01, steps: 10, loss: 'mid' },
    },
    {
      id: 'paper-03',
      title: '10 steps, epsilon 0.03',
      help: 'The strongest setting of Fig. S13; SSIM falls below 0.9 on many pictures.',
      params: { epsilon: 0.03, stepSize: 0.01, steps: 10, loss: 'mid' },
    },
    {
      id: 'msu-i-fgsm',
      title: 'MSU benchmark: I-FGSM',
      help: 'As its code does: ten steps of one grey level that always raise the score, so the limit of 10 grey levels is reached by the last step at the earliest.',
      params: { epsilon: 10 / 255, stepSize: 1 / 255, steps: 10, loss: 'up', start: 'picture' },
    },
  ],
  startsAtPicture: (params) => !signSettings(params).randomStart,
  budget: (params) => ({ norm: 'linf', epsilon: signSettings(params).epsilon }),
  run: (x, params, context) =>
    signSteps(x, signSettings(params), read.number(params, 'steps'), context),
};

export default attack;
