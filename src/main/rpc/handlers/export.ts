import { LabError } from '@shared/errors';
import type { NounHandlers } from '../context';

const notYet = (): never => {
  throw new LabError({ kind: 'unsupported', message: 'exports are not wired yet' });
};

export const exportHandlers: NounHandlers<'export'> = {
  'export.figure': notYet,
  'export.table': notYet,
};
