import { app, dialog, session, type BrowserWindow } from 'electron';
import { toErrorData } from '@shared/errors';
import type { Lab } from '../../lab';
import { followActivity } from './activity';
import { askWhatToDo } from './closing';
import { bridge } from './ipc';
import { lockDown } from './lock-down';
import { installMenu } from './menu';
import { isOwnAddress } from './origin';
import { pickFiles, pickFolder } from './pick-folder';
import { registerScheme, serveScheme } from './protocol';
import { openWindow } from './window';

export interface ElectronShellOptions {
  /** Folder of the built page. */
  readonly rendererDir: string;
  /** The built preload script. */
  readonly preload: string;
  openLab(shell: {
    pickFolder: (title: string) => Promise<string | null>;
    pickFiles: (title: string) => Promise<string[] | null>;
  }): Promise<Lab>;
}

/** How long nothing may run before a lab without a window ends; jobs follow each other faster. */
const endWhenIdleMs = 5_000;

/**
 * Starts the app in Electron, or hands over to the one that is already running. Returns before the
 * app is ready: Electron gets ready only after the main script has been evaluated.
 */
export function startElectron(options: ElectronShellOptions): void {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  app.enableSandbox();
  registerScheme();
  app
    .whenReady()
    .then(() => run(options))
    .catch((error: unknown) => {
      const { message, safe, next } = toErrorData(error);
      dialog.showErrorBox(message, [safe, next].filter(Boolean).join('\n'));
      app.exit(1);
    });
}

async function run(options: ElectronShellOptions): Promise<void> {
  let window: BrowserWindow | null = null;
  const currentWindow = () => window;
  blockNetwork();
  lockDown(app, session.defaultSession);
  const lab = await options.openLab({
    pickFolder: (title) => pickFolder(window, title),
    pickFiles: (title) => pickFiles(window, title),
  });
  serveScheme({ lab, rendererDir: options.rendererDir });
  bridge(lab, currentWindow);
  installMenu(lab, currentWindow);

  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    activity.end();
    // Saves the running job's state and releases the workspace before the process goes.
    await lab.close();
    app.quit();
  };
  let endTimer: NodeJS.Timeout | undefined;
  const activity = followActivity(lab, currentWindow, () => {
    clearTimeout(endTimer);
    endTimer = setTimeout(() => {
      if (window && !window.isVisible() && activity.running().length === 0) void end();
    }, endWhenIdleMs);
  });

  const close = async (asked: BrowserWindow) => {
    const running = activity.running();
    const choice = running.length === 0 ? 'quit' : await askWhatToDo(asked, running);
    if (choice === 'quit') await end();
    else if (choice === 'background') asked.hide();
  };
  const reveal = () => {
    if (!window) return;
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  app.on('second-instance', reveal);
  app.on('activate', reveal);
  app.on('before-quit', (event) => {
    if (ending || !window) return;
    event.preventDefault();
    reveal();
    window.close();
  });
  const opened = openWindow(options.preload);
  window = opened;
  opened.on('close', (event) => {
    if (ending) return;
    event.preventDefault();
    void close(opened);
  });
}

/** The lab works with no network, and so that it stays true, the page has none. */
function blockNetwork(): void {
  session.defaultSession.webRequest.onBeforeRequest((details, decide) => {
    const local = isOwnAddress(details.url) || /^(blob|data|devtools):/.test(details.url);
    decide({ cancel: !local });
  });
}
