import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { callChannel, eventChannel } from '@shared/bridge-channels';
import type { Lab } from '../../../src/main/lab';
import { Desktop } from './desktop';

let desktop: Desktop;
beforeEach(async () => {
  desktop = await Desktop.create();
});
afterEach(async () => {
  vi.useRealTimers();
  await desktop.remove();
});

describe('the window', () => {
  it('is sandboxed and isolated, without Node, and shows the own page', async () => {
    const window = await desktop.open();
    expect(window.options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      preload: '/preload.cjs',
    });
    expect(window.loaded).toBe('app://lab/');
    expect(desktop.electron.app.calls).toContain('enableSandbox');
  });

  it('may go nowhere, open nothing and embed nothing', async () => {
    const window = await desktop.open();
    const contents = window.webContents;
    desktop.electron.app.emit('web-contents-created', {}, contents);
    expect(contents.openHandler?.({ url: 'app://lab/' })).toEqual({ action: 'deny' });
    const goes = (event: string, url: string) => {
      const preventDefault = vi.fn();
      contents.emit(event, { url, preventDefault });
      return preventDefault.mock.calls.length === 0;
    };
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      expect(goes(event, 'https://evil.example/'), event).toBe(false);
      expect(goes(event, 'app://lab.evil/'), event).toBe(false);
      expect(goes(event, 'file:///etc/passwd'), event).toBe(false);
      expect(goes(event, 'app://lab/'), event).toBe(true);
    }
    expect(goes('will-attach-webview', 'app://lab/')).toBe(false);
  });

  it('gets no permission, no device and no network', async () => {
    await desktop.open();
    const { session } = desktop.electron;
    const decide = vi.fn();
    session.permissionRequest?.(...([null, 'media', decide] as never[]));
    expect(decide).toHaveBeenCalledWith(false);
    expect(session.permissionCheck?.()).toBe(false);
    expect(session.devicePermission?.()).toBe(false);
    const cancelled = (url: string) => {
      const reply = vi.fn();
      session.beforeRequest?.(...([{ url }, reply] as never[]));
      return (reply.mock.calls[0]?.[0] as { cancel: boolean }).cancel;
    };
    expect(cancelled('https://example.org/telemetry')).toBe(true);
    expect(cancelled('ws://127.0.0.1:1/')).toBe(true);
    expect(cancelled('file:///etc/passwd')).toBe(true);
    expect(cancelled('app://lab/assets/x.js')).toBe(false);
    expect(cancelled('blob:app://lab/1')).toBe(false);
  });

  it('comes back after a crash, but not more than three times a minute', async () => {
    const window = await desktop.open();
    for (let crash = 0; crash < 5; crash++) {
      window.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    }
    expect(window.webContents.reloads).toBe(3);
  });

  it('saves where it was and opens there again', async () => {
    const first = await desktop.open();
    first.close();
    desktop.restart();
    const second = await desktop.open();
    expect(second.options).toMatchObject({ x: 10, y: 20, width: 1200, height: 800 });
  });
});

describe('a second start', () => {
  it('ends at once and shows the window of the first', async () => {
    const window = await desktop.open();
    window.hide();
    desktop.electron.app.emit('second-instance');
    expect(window.visible).toBe(true);

    desktop.restart();
    desktop.electron.app.gotLock = false;
    const openLab = vi.fn<() => Promise<Lab>>();
    await desktop.launch(openLab);
    expect(desktop.electron.app.calls).toEqual(['quit']);
    expect(openLab).not.toHaveBeenCalled();
  });
});

describe('calls from the page', () => {
  const invoke = (event: unknown, message: unknown) => {
    const handler = desktop.electron.ipcHandlers.get(callChannel);
    if (!handler) throw new Error('no handler');
    return handler(...([event, message] as never[]));
  };
  const info = { method: 'app.info', args: {} };

  it('are answered as data', async () => {
    const { webContents } = await desktop.open();
    const own = { sender: webContents, senderFrame: webContents.mainFrame };
    expect(await invoke(own, info)).toMatchObject({ result: { shell: 'electron' } });
    expect(await invoke(own, { method: 'nothing.here', args: {} })).toMatchObject({
      error: { message: 'there is no method "nothing.here"' },
    });
    expect(await invoke(own, { method: 'app.info', args: {}, extra: 1 })).toMatchObject({
      error: { kind: 'bad-input' },
    });
    expect(await invoke(own, null)).toMatchObject({ error: { kind: 'bad-input' } });
  });

  it('are refused from another window, a frame inside the page, another page and a gone one', async () => {
    const { webContents } = await desktop.open();
    const foreign = [
      { sender: {}, senderFrame: webContents.mainFrame },
      { sender: webContents, senderFrame: { url: 'app://lab/' } },
      { sender: webContents, senderFrame: null },
    ];
    for (const event of foreign) {
      expect(await invoke(event, info)).toMatchObject({ error: { kind: 'forbidden' } });
    }
    webContents.mainFrame.url = 'https://evil.example/';
    const strayed = { sender: webContents, senderFrame: webContents.mainFrame };
    expect(await invoke(strayed, info)).toMatchObject({ error: { kind: 'forbidden' } });
    expect(desktop.lab.calls).toEqual([]);
  });

  it('are told of events', async () => {
    const { webContents } = await desktop.open();
    desktop.lab.emit('job.removed', { id: 3 });
    expect(webContents.sent).toEqual([
      { channel: eventChannel, message: { event: 'job.removed', data: { id: 3 } } },
    ]);
  });
});

describe('the scheme', () => {
  const fetchFrom = async (url: string, method = 'GET') => {
    const handler = desktop.electron.protocolHandlers.get('app');
    if (!handler) throw new Error('no handler');
    return await handler(new Request(url, { method }));
  };

  it('serves the page under the strict policy and pictures by id', async () => {
    await desktop.open();
    const page = await fetchFrom('app://lab/');
    expect(await page.text()).toBe('<title>lab</title>');
    expect(page.headers.get('content-security-policy')).toContain("connect-src 'self';");
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    const picture = await fetchFrom('app://lab/media/thumbnail/5');
    expect([await picture.text(), picture.headers.get('content-type')]).toEqual([
      'png',
      'image/png',
    ]);
  });

  it('serves no other host, no writing and nothing outside the page', async () => {
    await desktop.open();
    expect((await fetchFrom('app://other/')).status).toBe(403);
    expect((await fetchFrom('app://lab/', 'POST')).status).toBe(403);
    expect((await fetchFrom('app://lab/..%2f..%2fetc%2fpasswd')).status).toBe(404);
  });
});
