import type { NounHandlers } from '../context';

export const catalogueHandlers: NounHandlers<'catalogue'> = {
  'catalogue.get': ({ worker }) => worker.catalogue(),
};
