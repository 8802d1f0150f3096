import { bridgeConnection } from './bridge';
import type { Connection } from './connection';
import { SocketConnection } from './socket';

/** Electron's bridge where the preload script offers one, else a socket to the page's own origin. */
export function connect(): Connection {
  if (window.lab) return bridgeConnection(window.lab);
  const url = new URL('rpc', window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = '';
  url.hash = '';
  return new SocketConnection(url.href);
}
