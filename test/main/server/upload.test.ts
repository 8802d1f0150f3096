import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { request as httpRequest } from 'node:http';
import { onTestFinished, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../../../src/main/shells/server';
import type { Lab } from '../../../src/main/lab';
import { openTestLab, temporaryFolder } from '../../helpers/workspace';

interface Setting {
  readonly lab: Lab;
  readonly kept: string;
  readonly post: (
    name: string,
    body: string,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; body: string }>;
}

async function setting(withWorkspace = true): Promise<Setting> {
  const workspaceDir = join(temporaryFolder(), 'workspace');
  const lab = await openTestLab(withWorkspace ? { workspaceDir } : {});
  const server: RunningServer = await startServer({ lab, rendererDir: '/nowhere' });
  onTestFinished(() => server.close());
  const token = must(/token=(\S+)/.exec(server.address)?.[1]);
  const own = {
    host: `127.0.0.1:${server.port}`,
    origin: `http://127.0.0.1:${server.port}`,
    cookie: `iqalab_${server.port}=${token}`,
  };
  return {
    lab,
    kept: join(workspaceDir, 'artifacts', 'weights'),
    post: (name, body, headers = {}) =>
      new Promise((resolve, reject) => {
        const path = `/upload/weights?name=${encodeURIComponent(name)}`;
        const options = { host: '127.0.0.1', port: server.port, path, method: 'POST' };
        const length = { 'content-length': String(Buffer.byteLength(body)) };
        const sent = httpRequest(
          { ...options, headers: { ...own, ...length, ...headers } },
          (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
            response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
          },
        );
        sent.on('error', reject).end(body);
      }),
  };
}

function must(text: string | undefined): string {
  if (text === undefined) throw new Error('the address carries a token');
  return text;
}

describe('a weight file sent by the page', () => {
  it('is added like any other, and nothing else of it stays', async () => {
    const { lab, kept, post } = await setting();
    const { status, body } = await post('scnn.pkl', 'weights trunk scnn');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      result: [{ path: 'scnn.pkl', outcome: 'added', weights: { entryId: 'scnn' } }],
    });
    expect(readdirSync(kept)).toHaveLength(1);
    const { entries } = await lab.call('weights.list', {});
    expect(entries.find(({ entry }) => entry.id === 'scnn')?.files).toHaveLength(1);
  });

  it('that fits nothing is answered with the reason', async () => {
    const { kept, post } = await setting();
    const { body } = await post('x.pth', 'nothing known');
    expect(JSON.parse(body)).toMatchObject({ result: [{ outcome: 'refused' }] });
    expect(readdirSync(kept)).toEqual([]);
  });

  it('cannot choose where it is written', async () => {
    const { kept, post } = await setting();
    for (const name of ['../../../evil.pth', '..\\..\\evil.pth', '/etc/evil.pth', '..', '\0']) {
      const { body } = await post(name, 'weights trunk scnn');
      expect(JSON.parse(body), name).toHaveProperty('result');
    }
    expect(readdirSync(kept)).toHaveLength(1);
    expect(existsSync(join(kept, '..', '..', '..', 'evil.pth'))).toBe(false);
  });

  it('is refused without the key, from another page, and from none', async () => {
    const { kept, post } = await setting();
    const strangers: Record<string, string>[] = [
      { cookie: '' },
      { cookie: 'iqalab=wrong' },
      { origin: 'https://example.org' },
      { origin: 'null' },
      { host: 'example.org' },
    ];
    for (const headers of strangers) {
      expect((await post('scnn.pkl', 'weights trunk scnn', headers)).status).toBe(403);
    }
    expect(existsSync(kept) ? readdirSync(kept) : []).toEqual([]);
  });

  it('needs a workspace and a content', async () => {
    const none = await setting(false);
    const answer = await none.post('scnn.pkl', 'weights trunk scnn');
    expect(JSON.parse(answer.body)).toMatchObject({ error: { kind: 'conflict' } });
    const { post } = await setting();
    expect(JSON.parse((await post('scnn.pkl', '')).body)).toMatchObject({
      error: { kind: 'bad-input' },
    });
  });
});
