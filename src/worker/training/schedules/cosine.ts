import { read } from '@shared/params';
import type { ScheduleDef } from './schedule';

/**
 * (1 + cos(pi t / period)) / 2, the closed form of PyTorch's `CosineAnnealingLR` with minimum 0, with t in optimiser
 * steps or in epochs. Past the period it rises again, as MANIQA's released training does every 50 iterations.
 */
const schedule: ScheduleDef = {
  id: 'cosine',
  title: 'Cosine',
  help: 'Falls along half a cosine, to zero at the end of training unless a period is given.',
  params: [
    {
      type: 'integer',
      id: 'cosinePeriod',
      label: 'Half period',
      help: 'How long the rate takes from full to zero, after which it rises again; 0 means the whole training.',
      level: 'expert',
      group: 'Optimiser',
      default: 0,
      min: 0,
    },
    {
      type: 'choice',
      id: 'cosineUnit',
      label: 'Half period counted in',
      help: 'Epochs are what such a schedule is meant for. MANIQA’s released code counts steps: its rate falls to zero and rises again every hundred steps.',
      level: 'expert',
      group: 'Optimiser',
      default: 'steps',
      options: [
        { value: 'steps', label: 'Steps' },
        { value: 'epochs', label: 'Epochs' },
      ],
    },
  ],
  factor: ({ step, epoch, totalSteps }, values) => {
    const period = read.number(values, 'cosinePeriod');
    const inEpochs = period > 0 && values['cosineUnit'] === 'epochs';
    const share = inEpochs ? epoch / period : step / (period || Math.max(1, totalSteps));
    return (1 + Math.cos(Math.PI * share)) / 2;
  },
};

export default schedule;
