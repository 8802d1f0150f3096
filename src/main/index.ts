import { join } from 'node:path';
import { createLab } from './lab';
import { startElectron } from './shells/electron';
import { utilityTransport } from './shells/electron/utility-transport';

/** Built to out/main/index.js: page, preload script and worker lie at fixed places beside it. */
const here = import.meta.dirname;

startElectron({
  rendererDir: join(here, '../renderer'),
  preload: join(here, '../preload/index.cjs'),
  openLab: ({ pickFolder, pickFiles }) =>
    createLab({
      workspaceDir: null,
      shell: 'electron',
      transport: utilityTransport(join(here, 'worker.js')),
      pickFolder,
      pickFiles,
    }),
});
