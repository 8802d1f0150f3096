import type { App, Session } from 'electron';
import { isOwnAddress } from './origin';

/**
 * Takes from every page what the lab never needs: going elsewhere, opening windows, embedding
 * others, devices and permissions, downloads from outside.
 */
export function lockDown(app: Pick<App, 'on'>, session: Session): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    const stayInside = (event: { preventDefault(): void }, address: string) => {
      if (!isOwnAddress(address)) event.preventDefault();
    };
    contents.on('will-navigate', (event) => stayInside(event, event.url));
    contents.on('will-frame-navigate', (event) => stayInside(event, event.url));
    contents.on('will-redirect', (event) => stayInside(event, event.url));
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event, item) => {
    // Exported files are fetched from the app itself; the system asks where to put them.
    if (!isOwnAddress(item.getURL()) && !item.getURL().startsWith('blob:app://lab/')) {
      event.preventDefault();
    }
  });
}
