import type { AttackDef } from './attack';
import { signParams, signSettings } from './gradient/params';
import { signSteps } from './gradient/sign-steps';

const attack: AttackDef = {
  id: 'fgsm',
  version: 1,
  title: 'FGSM',
  citation: 'Goodfellow, Shlens & Szegedy, ICLR 2015; on a quality score as in Eq. S18',
  summary: 'One step along the sign of the gradient: every pixel moves by the same small amount.',
  access: 'white-box',
  params: signParams({ epsilon: 0.005, stepSize: 0.01, source: 'Table S7' }),
  presets: [
    {
      id: 'paper',
      title: "The paper's setting",
      help: 'Epsilon 0.005, alpha 0.01: as alpha is larger, every pixel moves by epsilon.',
      params: { epsilon: 0.005, stepSize: 0.01, loss: 'mid' },
    },
    {
      id: 'paper-strong',
      title: 'One step, epsilon 0.01',
      help: 'The stronger one-step setting of Fig. S13.',
      params: { epsilon: 0.01, stepSize: 0.01, loss: 'mid' },
    },
    {
      id: 'msu-std-fgsm',
      title: 'MSU benchmark: std-FGSM',
      help: 'As its code does: one step of 10 grey levels that always raises the score.',
      params: { epsilon: 10 / 255, stepSize: 10 / 255, loss: 'up', start: 'picture' },
    },
  ],
  startsAtPicture: (params) => !signSettings(params).randomStart,
  budget: (params) => ({ norm: 'linf', epsilon: signSettings(params).epsilon }),
  run: (x, params, context) => signSteps(x, signSettings(params), 1, context),
};

export default attack;
