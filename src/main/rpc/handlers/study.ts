import { loadStudy } from '../../study/load';
import type { NounHandlers } from '../context';
import { opened } from '../context';

export const studyHandlers: NounHandlers<'study'> = {
  'study.load': (context, selection) => loadStudy(opened(context).board, selection),
};
