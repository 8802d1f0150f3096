import type { ScheduleDef } from './schedule';

const schedule: ScheduleDef = {
  id: 'constant',
  title: 'Constant',
  help: 'The same learning rate throughout.',
  params: [],
  factor: () => 1,
};

export default schedule;
