import { registry } from '../../registry';
import type { ScheduleDef } from './schedule';

/** Every learning-rate schedule of this folder. */
export const schedules = registry<ScheduleDef>(
  'schedule',
  import.meta.glob<{ default: ScheduleDef }>(['./*.ts', '!./schedule.ts', '!./index.ts'], {
    eager: true,
  }),
);

export type { ScheduleDef, SchedulePosition } from './schedule';
