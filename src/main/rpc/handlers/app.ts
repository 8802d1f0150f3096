import { app } from '../../app';
import type { NounHandlers } from '../context';

export const appHandlers: NounHandlers<'app'> = {
  'app.info': ({ shell }) => ({ ...app, shell, platform: process.platform }),
};
