import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Lab } from '../../../src/main/lab';
import { createElectronStub, type StubWindow } from '../../helpers/electron-stub';
import { FakeLab } from '../../helpers/fake-lab';

type OpenLab = (shell: { pickFolder: (title: string) => Promise<string | null> }) => Promise<Lab>;

/** A desktop with the app's files on it, and a lab behind it. */
export class Desktop {
  electron = createElectronStub();
  pickFolder: (title: string) => Promise<string | null> = () => Promise.resolve(null);
  readonly lab = new FakeLab(
    {
      'app.info': () => ({ name: 'x', version: '1', shell: 'electron', platform: 'test' }),
      'workspace.open': () => Promise.reject(new Error('there is no workspace here')),
      'workspace.close': () => ({ ok: true }),
    },
    { 'thumbnail/5': { buffer: Buffer.from('png'), contentType: 'image/png' } },
  );

  private constructor(readonly folder: string) {
    this.electron.app.userData = folder;
  }

  static async create(): Promise<Desktop> {
    const folder = await mkdtemp(join(tmpdir(), 'iqalab-electron-'));
    await writeFile(join(folder, 'index.html'), '<title>lab</title>');
    return new Desktop(folder);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Forgets every window and dialog; what was saved on disk stays. */
  restart(): void {
    this.electron = createElectronStub();
    this.electron.app.userData = this.folder;
  }

  /** Calls the shell's entry; `electron` is the stub of this moment. */
  async launch(openLab?: OpenLab): Promise<void> {
    vi.resetModules();
    vi.doMock('electron', () => this.electron.module);
    const { startElectron } = await import('../../../src/main/shells/electron');
    startElectron({
      rendererDir: this.folder,
      preload: '/preload.cjs',
      openLab:
        openLab ??
        ((shell) => {
          this.pickFolder = shell.pickFolder;
          return Promise.resolve(this.lab);
        }),
    });
  }

  /** Starts the app and waits for its window. */
  async open(): Promise<StubWindow> {
    await this.launch();
    await vi.waitFor(() => expect(this.electron.windows).toHaveLength(1));
    const [window] = this.electron.windows;
    if (!window) throw new Error('no window was opened');
    return window;
  }
}
