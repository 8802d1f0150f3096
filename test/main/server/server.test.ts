import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startServer, type RunningServer } from '../../../src/main/shells/server';
import { FakeLab } from '../../helpers/fake-lab';

let folder: string;
let lab: FakeLab;
let server: RunningServer;
let cookie: string;

interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Plain HTTP, because fetch neither sends a chosen Host header nor an un-normalised path. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: server.port, path, method, headers },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      },
    );
    request.on('error', reject).end();
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'iqalab-server-'));
  await mkdir(join(folder, 'page/assets'), { recursive: true });
  await writeFile(join(folder, 'page/index.html'), '<title>lab</title>');
  await writeFile(join(folder, 'page/assets/app-1.js'), 'export {};');
  await writeFile(join(folder, 'page/.secret.json'), '{}');
  await writeFile(join(folder, 'page/notes.sqlite'), 'x');
  await writeFile(join(folder, 'outside.json'), '{"outside":true}');
  await symlink(join(folder, 'outside.json'), join(folder, 'page/link.json'));
  const large = Buffer.alloc(2_000_000, 7);
  lab = new FakeLab(
    {
      'app.info': () => ({ name: 'x', version: '1', shell: 'server', platform: 'test' }),
      'run.get': () => Promise.reject(new Error('no such run')),
    },
    {
      'thumbnail/5': { buffer: large, contentType: 'image/png' },
      'image/7': { path: join(folder, 'outside.json'), contentType: 'image/bmp' },
      'image/8': { path: join(folder, 'gone.png'), contentType: 'image/png' },
    },
  );
  server = await startServer({ lab, rendererDir: join(folder, 'page') });
  const entered = await get(new URL(server.address).search.replace(/^/, '/'));
  cookie = String(entered.headers['set-cookie']).split(';')[0] ?? '';
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('entering with the address that was printed', () => {
  it('moves the secret into a cookie that no script and no other site can use', async () => {
    const reply = await get(`/${new URL(server.address).search}`);
    expect(reply.status).toBe(303);
    expect(reply.headers.location).toBe('/');
    expect(String(reply.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict; Path=\/$/);
  });

  it('makes a new 256-bit secret at every start', async () => {
    const other = await startServer({ lab, rendererDir: folder });
    const token = (address: string) => new URL(address).searchParams.get('token') ?? '';
    expect(Buffer.from(token(server.address), 'base64url')).toHaveLength(32);
    expect(token(other.address)).not.toBe(token(server.address));
    await other.close();
  });

  it('refuses a wrong secret, none at all, and the cookie of another port', async () => {
    const wrongCookie = cookie.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const otherPort = cookie.replace(String(server.port), String(server.port + 1));
    expect((await get('/?token=wrong')).status).toBe(403);
    expect((await get('/')).status).toBe(403);
    expect((await get('/', { cookie: wrongCookie })).status).toBe(403);
    expect((await get('/', { cookie: otherPort })).status).toBe(403);
    expect((await get('/', { cookie })).status).toBe(200);
  });

  it('says in one sentence what to do when the key is missing', async () => {
    expect((await get('/')).body).toContain('Open the address that the lab printed');
  });
});

describe('who may ask', () => {
  it('refuses a name that was re-pointed to this computer, even with the cookie', async () => {
    for (const host of ['evil.example', `evil.example:${server.port}`, '127.0.0.1:1']) {
      expect((await get('/', { cookie, host })).status, host).toBe(403);
    }
    expect((await get('/', { cookie, host: `localhost:${server.port}` })).status).toBe(200);
  });

  it('refuses another origin, even with the cookie, and allows no cross-origin reading', async () => {
    for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:${server.port + 1}`]) {
      const reply = await get('/', { cookie, origin });
      expect(reply.status, origin).toBe(403);
      expect(reply.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('answers only GET and HEAD', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect((await get('/', { cookie }, method)).status, method).toBe(405);
    }
    expect(await get('/', { cookie }, 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  it('says on a taken port what to do', async () => {
    await expect(
      startServer({ lab, rendererDir: folder, port: server.port }),
    ).rejects.toMatchObject({
      kind: 'conflict',
      next: expect.stringContaining('--port') as string,
    });
  });
});

describe('files', () => {
  it('serves the page under a policy without inline code or foreign sources', async () => {
    const page = await get('/', { cookie });
    const policy = String(page.headers['content-security-policy']);
    expect(page.body).toBe('<title>lab</title>');
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect((await get('/assets/app-1.js', { cookie })).headers['content-type']).toMatch(
      'text/javascript',
    );
  });

  it('never leaves the folder of the page', async () => {
    const paths = [
      '/../outside.json',
      '/%2e%2e/outside.json',
      '/..%2foutside.json',
      '/assets/..%2f..%2foutside.json',
      '/..%5coutside.json',
      `/${encodeURIComponent(join(folder, 'outside.json'))}`,
      '//etc/passwd',
      '/link.json',
      '/outside.json%00.html',
      '/%',
      '//',
    ];
    for (const path of paths) {
      const reply = await get(path, { cookie });
      expect(reply.status, path).toBe(404);
      expect(reply.body, path).not.toContain('outside');
    }
  });

  it('serves no hidden file and no kind of file a page does not need', async () => {
    expect((await get('/.secret.json', { cookie })).status).toBe(404);
    expect((await get('/notes.sqlite', { cookie })).status).toBe(404);
    expect((await get('/assets', { cookie })).status).toBe(404);
  });

  it('sends media by id only, without any right to run, and 304 for a known copy', async () => {
    const reply = await get('/media/thumbnail/5', { cookie });
    expect(reply.headers['content-type']).toBe('image/png');
    expect(reply.body).toHaveLength(2_000_000);
    expect(String(reply.headers['content-security-policy'])).toContain('sandbox');
    const again = await get('/media/thumbnail/5', {
      cookie,
      'if-none-match': String(reply.headers.etag),
    });
    expect(again).toMatchObject({ status: 304, body: '' });
    expect((await get('/media/image/7', { cookie })).body).toBe('{"outside":true}');
  });

  it('answers 404 for media that do not exist, have gone or are of no known kind', async () => {
    for (const path of ['/media/image/6', '/media/image/8', '/media/secrets/5', '/media/image/']) {
      expect((await get(path, { cookie })).status, path).toBe(404);
    }
    expect((await get('/media/image/%E0', { cookie })).status).toBe(404);
  });
});

describe('RPC over the socket', () => {
  const open = (headers: Record<string, string>, path = '/rpc') =>
    new Promise<WebSocket>((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers });
      socket.once('open', () => resolve(socket)).once('error', reject);
    });
  const own = () => ({ cookie, origin: `http://127.0.0.1:${server.port}` });
  const next = (socket: WebSocket) =>
    new Promise<Record<string, unknown>>((resolve) =>
      socket.once('message', (data: Buffer) =>
        resolve(JSON.parse(data.toString()) as Record<string, unknown>),
      ),
    );
  const ask = (socket: WebSocket, message: unknown) => {
    const answered = next(socket);
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    return answered;
  };

  it('refuses a foreign origin, no origin, no cookie and another path', async () => {
    await expect(open({ cookie, origin: 'https://evil.example' })).rejects.toThrow('403');
    await expect(open({ cookie })).rejects.toThrow('403');
    await expect(open({ origin: own().origin })).rejects.toThrow('403');
    await expect(open(own(), '/other')).rejects.toThrow('404');
  });

  it('survives an upgrade whose address makes no sense', async () => {
    const status = await new Promise<string>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () =>
        socket.write(
          `GET // HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
            `Origin: ${own().origin}\r\nCookie: ${cookie}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
        ),
      );
      socket.once('data', (data) => resolve(data.toString().split('\r\n')[0] ?? ''));
    });
    expect(status).toBe('HTTP/1.1 404 Not Found');
  });

  it('answers a call by its id and an error as data', async () => {
    const socket = await open(own());
    expect(await ask(socket, { id: 4, method: 'app.info', args: {} })).toEqual({
      id: 4,
      result: { name: 'x', version: '1', shell: 'server', platform: 'test' },
    });
    expect(await ask(socket, { id: 5, method: 'run.get', args: { id: 1 } })).toMatchObject({
      id: 5,
      error: { kind: 'internal', message: 'no such run' },
    });
    socket.terminate();
  });

  it('refuses unknown and inherited methods and wrong arguments', async () => {
    const socket = await open(own());
    for (const method of ['nothing.here', 'constructor', '__proto__', 'toString']) {
      const reply = await ask(socket, { id: 1, method, args: {} });
      expect(reply, method).toMatchObject({ id: 1, error: { kind: 'bad-input' } });
    }
    const wrong = await ask(socket, { id: 2, method: 'run.get', args: { id: 'one' } });
    expect(wrong).toMatchObject({ id: 2, error: { kind: 'bad-input' } });
    socket.terminate();
  });

  it('answers nonsense with an error and stays open', async () => {
    const socket = await open(own());
    for (const message of ['not json', '[]', '{"id":"1"}', 'null']) {
      expect(await ask(socket, message), message).toMatchObject({
        id: null,
        error: { kind: 'bad-input' },
      });
    }
    expect(await ask(socket, { id: 9, method: 'app.info', args: {} })).toHaveProperty('result');
    socket.terminate();
  });

  it('closes a socket that sends more than 4 MiB and keeps serving others', async () => {
    const socket = await open(own());
    const code = new Promise((resolve) => socket.once('close', resolve));
    socket.send('x'.repeat(4 * 1024 * 1024 + 1));
    expect(await code).toBe(1009); // RFC 6455: message too big.
    expect((await get('/', { cookie })).status).toBe(200);
  });

  it('passes every event to every page and none after closing', async () => {
    const [one, two] = [await open(own()), await open(own())];
    const received = Promise.all([next(one), next(two)]);
    lab.emit('job.removed', { id: 3 });
    const message = { event: 'job.removed', data: { id: 3 } };
    expect(await received).toEqual([message, message]);
    await server.close();
    expect(lab.listeners('job.removed')).toBe(0);
  });
});
