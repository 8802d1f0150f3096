import { dialog, Menu, type BrowserWindow, type MenuItemConstructorOptions } from 'electron';
import { toErrorData } from '@shared/errors';
import type { RpcClient } from '@shared/rpc';
import { pickFolder } from './pick-folder';

const stageNames = ['Data', 'Split', 'Train', 'Attack', 'Norms', 'Compare', 'Tables'];

type CurrentWindow = () => BrowserWindow | null;

/**
 * Builds the native menu. Commands of the page are its own shortcuts, pressed for the person, so
 * menu, palette and keyboard can never disagree.
 */
export function installMenu(lab: RpcClient, currentWindow: CurrentWindow): void {
  const press =
    (keyCode: string, modifiers: 'control'[] = []) =>
    () => {
      const contents = currentWindow()?.webContents;
      contents?.sendInputEvent({ type: 'keyDown', keyCode, modifiers });
      contents?.sendInputEvent({ type: 'keyUp', keyCode, modifiers });
    };
  const page = (
    label: string,
    accelerator: string,
    click: () => void,
  ): MenuItemConstructorOptions => ({
    label,
    accelerator,
    // Shown beside the name; the page itself listens, and a digit typed in a field stays one.
    registerAccelerator: false,
    click,
  });
  const mac = process.platform === 'darwin';
  const template: MenuItemConstructorOptions[] = [
    ...(mac ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [
        {
          label: 'Open Workspace…',
          accelerator: 'CmdOrCtrl+O',
          click: () => void openWorkspace(lab, currentWindow),
        },
        {
          label: 'Close Workspace',
          click: () => void tell(currentWindow, () => lab.call('workspace.close', {})),
        },
        { type: 'separator' },
        page('Export Figure…', 'CmdOrCtrl+E', press('E', ['control'])),
        { type: 'separator' },
        { role: mac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&Go',
      submenu: [
        page('Home', '0', press('0')),
        ...stageNames.map((name, index) => page(name, String(index + 1), press(String(index + 1)))),
        { type: 'separator' },
        page('All Commands…', 'CmdOrCtrl+K', press('K', ['control'])),
      ],
    },
    {
      label: '&View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        { role: 'reload' },
      ],
    },
    { role: 'windowMenu' },
    { role: 'help', submenu: [page('Keyboard Shortcuts', '?', press('?'))] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

async function openWorkspace(lab: RpcClient, currentWindow: CurrentWindow): Promise<void> {
  const path = await pickFolder(currentWindow(), 'Open Workspace');
  if (path !== null) await tell(currentWindow, () => lab.call('workspace.open', { path }));
}

/** Does something and, where it fails, says so in the lab's three parts. */
async function tell(currentWindow: CurrentWindow, body: () => Promise<unknown>): Promise<void> {
  try {
    await body();
  } catch (error) {
    const { message, safe, next } = toErrorData(error);
    const detail = [safe, next].filter(Boolean).join('\n');
    const window = currentWindow();
    const options = { type: 'error' as const, message, detail };
    await (window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options));
  }
}
