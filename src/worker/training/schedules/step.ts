import { read } from '@shared/params';
import type { ScheduleDef } from './schedule';

/** PyTorch's `StepLR`: factor^floor(epoch / every). */
const schedule: ScheduleDef = {
  id: 'step',
  title: 'Steps',
  help: 'The learning rate is multiplied by a factor every few epochs.',
  params: [
    {
      type: 'integer',
      id: 'stepEvery',
      label: 'Epochs per stage',
      help: 'After this many epochs the learning rate changes.',
      level: 'guided',
      group: 'Optimiser',
      default: 6,
      min: 1,
    },
    {
      type: 'number',
      id: 'stepFactor',
      label: 'Factor per stage',
      help: 'What the learning rate is multiplied by at each stage.',
      level: 'guided',
      group: 'Optimiser',
      default: 0.1,
      min: 0,
      max: 1,
    },
  ],
  factor: ({ epoch }, values) =>
    read.number(values, 'stepFactor') ** Math.floor(epoch / read.number(values, 'stepEvery')),
};

export default schedule;
