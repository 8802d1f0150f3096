import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { loadWindow, restoredBounds, saveWindow, smallest } from './bounds';
import { startPage } from './origin';

/** Grounds of the two themes, so that the window does not flash before the page has drawn. */
const ground = { light: '#FBFAF7', dark: '#14171A' } as const;

/**
 * Opens the one window: sandboxed, isolated, without Node, where it last was.
 * @param preload the built preload script
 */
export function openWindow(preload: string): BrowserWindow {
  const stateFile = join(app.getPath('userData'), 'window.json');
  const saved = loadWindow(stateFile);
  const workAreas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const window = new BrowserWindow({
    ...restoredBounds(saved, workAreas),
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? ground.dark : ground.light,
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false, // It would fetch dictionaries.
    },
  });
  if (saved?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    const state = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
    saveWindow(stateFile, state);
  });
  reloadAfterCrash(window);
  void window.loadURL(startPage);
  return window;
}

/** A crashed page comes back by itself, unless it keeps crashing: at most 3 times a minute. */
function reloadAfterCrash(window: BrowserWindow): void {
  let crashes: number[] = [];
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const now = Date.now();
    crashes = [...crashes.filter((time) => now - time < 60_000), now];
    if (crashes.length <= 3) window.webContents.reload();
  });
}
