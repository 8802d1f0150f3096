import { read } from '@shared/params';
import type { ScheduleDef } from './schedule';

/**
 * (1 + cos(pi step / period)) / 2 per optimiser step, the closed form of PyTorch's `CosineAnnealingLR` with minimum 0.
 * Past the period it rises again, as MANIQA's released training does with a period of 50 iterations.
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
      help: 'Optimiser steps from the full rate to zero; 0 means the whole training.',
      level: 'expert',
      group: 'Optimiser',
      default: 0,
      min: 0,
      unit: 'steps',
    },
  ],
  factor: ({ step, totalSteps }, values) => {
    const period = read.number(values, 'cosinePeriod') || Math.max(1, totalSteps);
    return (1 + Math.cos((Math.PI * step) / period)) / 2;
  },
};

export default schedule;
