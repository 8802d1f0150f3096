import type { Handlers } from '../context';
import { appHandlers } from './app';
import { benchHandlers } from './bench';
import { catalogueHandlers } from './catalogue';
import { datasetHandlers } from './dataset';
import { engineHandlers } from './engine';
import { fitHandlers } from './fit';
import { exportHandlers } from './export';
import { filesHandlers } from './files';
import { gridHandlers } from './grid';
import { groupHandlers } from './group';
import { jobHandlers } from './job';
import { attackHandlers, evaluateHandlers, normsHandlers } from './measure';
import { pairHandlers } from './pair';
import { runHandlers } from './run';
import { splitHandlers } from './split';
import { studyHandlers } from './study';
import { sweepHandlers } from './sweep';
import { weightsHandlers } from './weights';
import { workspaceHandlers } from './workspace';

/** Every method of the contract; the type refuses a missing or a foreign one. */
export const handlers: Handlers = {
  ...appHandlers,
  ...workspaceHandlers,
  ...filesHandlers,
  ...datasetHandlers,
  ...splitHandlers,
  ...catalogueHandlers,
  ...weightsHandlers,
  ...engineHandlers,
  ...pairHandlers,
  ...runHandlers,
  ...evaluateHandlers,
  ...attackHandlers,
  ...normsHandlers,
  ...gridHandlers,
  ...sweepHandlers,
  ...groupHandlers,
  ...benchHandlers,
  ...fitHandlers,
  ...jobHandlers,
  ...studyHandlers,
  ...exportHandlers,
};
