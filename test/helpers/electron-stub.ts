import { EventEmitter } from 'node:events';
import { vi } from 'vitest';

/**
 * Stand-in for the `electron` module: records what the shell asks of it and lets a test play the
 * desktop. Only what the shell uses exists, so a new use fails loudly.
 */
export class StubContents extends EventEmitter {
  readonly mainFrame = { url: 'app://lab/' };
  readonly sent: { channel: string; message: unknown }[] = [];
  readonly keys: unknown[] = [];
  openHandler: ((details: { url: string }) => { action: string }) | null = null;
  reloads = 0;
  setWindowOpenHandler(handler: StubContents['openHandler']): void {
    this.openHandler = handler;
  }
  send(channel: string, message: unknown): void {
    this.sent.push({ channel, message });
  }
  sendInputEvent(event: unknown): void {
    this.keys.push(event);
  }
  reload(): void {
    this.reloads++;
  }
}

export class StubWindow extends EventEmitter {
  static all: StubWindow[] = [];
  readonly webContents = new StubContents();
  readonly progress: number[] = [];
  visible = false;
  loaded = '';
  constructor(readonly options: Record<string, unknown> & { webPreferences: object }) {
    super();
    StubWindow.all.push(this);
  }
  loadURL(address: string): Promise<void> {
    this.loaded = address;
    return Promise.resolve();
  }
  show(): void {
    this.visible = true;
  }
  hide(): void {
    this.visible = false;
  }
  focus = vi.fn();
  restore = vi.fn();
  maximize = vi.fn();
  isVisible = () => this.visible;
  isMinimized = () => false;
  isMaximized = () => false;
  isDestroyed = () => false;
  getNormalBounds = () => ({ x: 10, y: 20, width: 1200, height: 800 });
  setProgressBar(share: number): void {
    this.progress.push(share);
  }
  /** What the desktop does when a person closes the window; returns whether it stayed open. */
  close(): boolean {
    const event = { prevented: false, preventDefault: () => void (event.prevented = true) };
    this.emit('close', event);
    return event.prevented;
  }
}

type Handler = (...args: never[]) => unknown;

class StubSession extends EventEmitter {
  permissionRequest: Handler | null = null;
  permissionCheck: Handler | null = null;
  devicePermission: Handler | null = null;
  beforeRequest: Handler | null = null;
  setPermissionRequestHandler = (handler: Handler) => void (this.permissionRequest = handler);
  setPermissionCheckHandler = (handler: Handler) => void (this.permissionCheck = handler);
  setDevicePermissionHandler = (handler: Handler) => void (this.devicePermission = handler);
  webRequest = { onBeforeRequest: (handler: Handler) => void (this.beforeRequest = handler) };
}

class StubApp extends EventEmitter {
  gotLock = true;
  userData = '';
  readonly calls: string[] = [];
  requestSingleInstanceLock = () => this.gotLock;
  enableSandbox = () => void this.calls.push('enableSandbox');
  whenReady = () => Promise.resolve();
  quit = () => void this.calls.push('quit');
  exit = (code: number) => void this.calls.push(`exit ${code}`);
  getPath = () => this.userData;
}

export interface MenuEntry {
  label?: string;
  role?: string;
  accelerator?: string;
  registerAccelerator?: boolean;
  submenu?: MenuEntry[];
  click?: () => void;
}

/** One fresh stub of everything; `vi.mock('electron', ...)` returns its `module`. */
export function createElectronStub() {
  StubWindow.all = [];
  const app = new StubApp();
  const session = new StubSession();
  const stub = {
    app,
    session,
    windows: StubWindow.all,
    ipcHandlers: new Map<string, Handler>(),
    protocolHandlers: new Map<string, (request: Request) => Promise<Response>>(),
    schemes: [] as unknown[],
    blockers: new Set<number>(),
    menu: [] as MenuEntry[],
    displays: [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
    /** Answers to the next dialogs. */
    answer: 0,
    folder: null as string | null,
    messages: [] as { message: string }[],
    forks: [] as StubUtility[],
  };
  let nextBlocker = 1;
  const message = (...args: unknown[]) => {
    stub.messages.push(args.at(-1) as { message: string });
    return Promise.resolve({ response: stub.answer });
  };
  const module = {
    app,
    session: { defaultSession: session },
    BrowserWindow: StubWindow,
    ipcMain: {
      handle: (channel: string, handler: Handler) => stub.ipcHandlers.set(channel, handler),
      removeHandler: (channel: string) => stub.ipcHandlers.delete(channel),
    },
    protocol: {
      registerSchemesAsPrivileged: (schemes: unknown[]) => stub.schemes.push(...schemes),
      handle: (scheme: string, handler: (request: Request) => Promise<Response>) =>
        stub.protocolHandlers.set(scheme, handler),
    },
    powerSaveBlocker: {
      start: () => {
        stub.blockers.add(nextBlocker);
        return nextBlocker++;
      },
      stop: (id: number) => stub.blockers.delete(id),
    },
    dialog: {
      showMessageBox: message,
      showErrorBox: (text: string) => stub.messages.push({ message: text }),
      showOpenDialog: () =>
        Promise.resolve({
          canceled: stub.folder === null,
          filePaths: stub.folder === null ? [] : [stub.folder],
        }),
    },
    Menu: {
      buildFromTemplate: (template: MenuEntry[]) => template,
      setApplicationMenu: (menu: MenuEntry[]) => void (stub.menu = menu),
    },
    nativeTheme: { shouldUseDarkColors: true },
    screen: { getAllDisplays: () => stub.displays },
    utilityProcess: {
      fork: (entry: string) => {
        const child = new StubUtility(entry);
        stub.forks.push(child);
        return child;
      },
    },
  };
  return { ...stub, stub, module };
}

export class StubUtility extends EventEmitter {
  readonly posted: unknown[] = [];
  pid: number | undefined = 4321;
  readonly stderr = new (class extends EventEmitter {
    setEncoding = () => this;
  })();
  constructor(readonly entry: string) {
    super();
  }
  postMessage(message: unknown): void {
    this.posted.push(message);
  }
  kill(): boolean {
    this.emit('exit', 9);
    return true;
  }
}
