import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { LabError } from '@shared/errors';
import { uploadPath } from '@shared/rpc';
import { answer, type Answer, type ContentSource } from '../content/answer';
import { mediaHeaders } from '../content/policy';
import type { Lab } from '../../lab';
import { cookieName, refusal, sameSecret, type Guard, type Refusal } from './guard';
import { createRpcSockets } from './socket';
import { receiveWeights } from './upload';

export interface ServerOptions {
  readonly lab: Lab;
  /** Folder of the built page. */
  readonly rendererDir: string;
  /** 0 lets the system choose. */
  readonly port?: number;
}

export interface RunningServer {
  /** Address with the secret of this start; opening it once lets a browser in. */
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Pages and media go out; weight files come in. */
type Source = ContentSource & { readonly lab: Pick<Lab, 'call'> };

/** Address asked for; a malformed one names nothing, like any unknown path. */
const urlOf = (request: IncomingMessage): URL =>
  URL.parse(request.url ?? '/', 'http://127.0.0.1/') ?? new URL('http://127.0.0.1/not-an-address');

const reasons: Readonly<Record<Refusal, string>> = {
  host: 'This server only answers at the address it printed (127.0.0.1 or localhost).',
  origin: 'This server only answers its own page.',
  token: 'Open the address that the lab printed when it started; it contains the key.',
};

/**
 * Serves the app to a browser on this computer and nobody else.
 * @throws LabError `conflict` when the port is taken
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const server = createServer();
  const port = await listen(server, options.port ?? 0);
  const guard: Guard = { port, token: randomBytes(32).toString('base64url') };
  const source: Source = {
    lab: options.lab,
    rendererDir: options.rendererDir,
    connect: `'self' ws://127.0.0.1:${port} ws://localhost:${port}`,
  };
  const sockets = createRpcSockets(options.lab);

  server.on('request', (request, response) => {
    handle(guard, source, request, response).catch((error: unknown) => {
      // The page went away, or its file could not be read to the end: this request only.
      if (!response.headersSent) refuse(response, 500, 'The lab could not read this file.');
      else response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const reason = refusal(guard, request.headers, { requireOrigin: true });
    if (reason === null && urlOf(request).pathname === '/rpc') {
      sockets.accept(request, socket, head);
    } else {
      const status = reason === null ? '404 Not Found' : '403 Forbidden';
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    }
  });

  return {
    address: `http://127.0.0.1:${port}/?token=${guard.token}`,
    port,
    async close() {
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' || error.code === 'EACCES' ? portTaken(port) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

function portTaken(port: number): LabError {
  return new LabError({
    kind: 'conflict',
    message: `port ${port} cannot be used: another program has it, or it is reserved`,
    safe: 'Nothing was started.',
    next: 'Leave out --port to let the system choose, or name another one.',
  });
}

async function handle(
  guard: Guard,
  source: Source,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = urlOf(request);
  const given = url.pathname === '/' ? url.searchParams.get('token') : null;
  const reason = refusal(guard, request.headers);
  if (reason === 'host' || reason === 'origin') {
    refuse(response, 403, reasons[reason]);
  } else if (request.method === 'POST' && url.pathname === `/${uploadPath}`) {
    // Only a page says where it comes from, and only our own may send files.
    const stranger = refusal(guard, request.headers, { requireOrigin: true });
    if (stranger === null) {
      await receiveWeights(source.lab, url.searchParams.get('name'), request, response);
    } else refuse(response, 403, reasons[stranger]);
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, 405, 'Only pages and pictures can be fetched here.');
  } else if (given !== null && sameSecret(given, guard.token)) {
    letIn(guard, response);
  } else if (given !== null || reason === 'token') {
    refuse(response, 403, reasons.token);
  } else {
    const known = request.headers['if-none-match'] ?? null;
    const found = await answer(source, url.pathname, known);
    await send(response, found, request.method === 'HEAD');
  }
}

/** Moves the secret from the address, which histories keep, into a cookie no script can read. */
function letIn(guard: Guard, response: ServerResponse): void {
  response.writeHead(303, {
    ...mediaHeaders(),
    location: '/',
    'cache-control': 'no-store',
    'set-cookie': `${cookieName(guard.port)}=${guard.token}; HttpOnly; SameSite=Strict; Path=/`,
  });
  response.end();
}

async function send(response: ServerResponse, found: Answer, headOnly: boolean): Promise<void> {
  response.writeHead(found.status, found.headers);
  if (headOnly || found.body === null) response.end();
  else if ('bytes' in found.body) response.end(found.body.bytes);
  else await pipeline(createReadStream(found.body.path), response);
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, {
    ...mediaHeaders(),
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(`${sentence}\n`);
}
