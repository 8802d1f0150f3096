import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { forkTransport } from '../../../src/main/jobs/fork-transport';
import { WorkerHost } from '../../../src/main/jobs/worker-host';
import type { WorkerTransport } from '../../../src/main/jobs/worker-transport';
import type { LabErrorData } from '../../../src/shared/errors';
import { fakeCatalogue } from '../../helpers/fake-catalogue';
import { fakeEngine, fakeWorker } from '../../helpers/fake-worker';
import { temporaryFolder } from '../../helpers/workspace';

/** Never answers, never ends by itself. */
const silent: WorkerTransport = ({ exit }) => ({
  pid: 1,
  send: () => undefined,
  kill: () => void setImmediate(() => exit({ code: null, signal: 'SIGKILL', stderr: '' })),
});

describe('the worker', () => {
  it('gives its catalogue without loading an engine, and once', async () => {
    const worker = fakeWorker();
    const host = new WorkerHost({ transport: worker.transport });
    expect(await host.catalogue()).toEqual(fakeCatalogue);
    expect(host.engineState.current).toBeNull();
    worker.die(0, null);
    expect(await host.catalogue()).toEqual(fakeCatalogue);
    expect(worker.spawned).toBe(1);
  });

  it('loads one engine for everybody who asks at once', async () => {
    const worker = fakeWorker();
    const host = new WorkerHost({ transport: worker.transport });
    expect(await Promise.all([host.ready(), host.ready()])).toEqual([fakeEngine, fakeEngine]);
    expect(worker.spawned).toBe(1);
  });

  it('that does not answer settles every request once, with a sentence', async () => {
    const exits: LabErrorData[] = [];
    const host = new WorkerHost({ transport: silent, helloTimeoutMs: 20 });
    host.listen({
      job: () => undefined,
      alive: () => undefined,
      engine: () => undefined,
      exit: (error) => void exits.push(error),
    });
    const results = await Promise.allSettled([host.catalogue(), host.ready()]);
    for (const result of results) {
      expect(result).toMatchObject({ reason: { kind: 'worker-died' } });
    }
    await expect.poll(() => exits.length).toBe(1);
  });

  it('is started anew after it died', async () => {
    const worker = fakeWorker();
    const host = new WorkerHost({ transport: worker.transport });
    await host.ready();
    worker.die(1, null);
    await expect.poll(() => host.engineState.current).toBeNull();
    expect(await host.ready()).toEqual(fakeEngine);
    expect(worker.spawned).toBe(2);
  });

  it('keeps the engine it had when another cannot be loaded', async () => {
    let refuse = false;
    const worker = fakeWorker({
      alter: (message) =>
        refuse && message.type === 'engine'
          ? {
              type: 'engine-failed',
              ladder: message.ladder,
              error: { kind: 'engine', message: 'no cuda here' },
            }
          : message,
    });
    const host = new WorkerHost({ transport: worker.transport });
    await host.ready();
    refuse = true;
    await expect(host.select('cuda')).rejects.toThrow('no cuda here');
    refuse = false;
    expect(await host.ready()).toEqual(fakeEngine);
  });
});

describe('a worker process', () => {
  function script(body: string): string {
    const path = join(temporaryFolder(), 'worker.mjs');
    writeFileSync(path, body);
    return path;
  }
  const hello = `process.send({ type: 'hello', pid: process.pid,
    catalogue: { models: [], attacks: [], attackRun: [], norms: [] } });`;

  function hostOf(body: string): { host: WorkerHost; exit: Promise<LabErrorData> } {
    const host = new WorkerHost({ transport: forkTransport(script(body)) });
    const exit = new Promise<LabErrorData>((resolve) =>
      host.listen({
        job: () => undefined,
        alive: () => undefined,
        engine: () => undefined,
        exit: resolve,
      }),
    );
    onTestFinished(() => host.shutdown(100));
    return { host, exit };
  }

  it('says hello, is asked to end, and ends', async () => {
    const { host } = hostOf(
      `${hello} process.on('message', (m) => m.type === 'shutdown' && process.exit(0));`,
    );
    expect((await host.catalogue()).models).toEqual([]);
    await host.shutdown(5000);
    expect(host.pid).toBeNull();
  });

  it('that crashes tells its last words', async () => {
    const { host, exit } = hostOf(`${hello} throw new Error('no tensor here');`);
    await host.catalogue();
    const error = await exit;
    expect(error.message).toBe('the compute process ended unexpectedly (exit code 1)');
    expect(error.details?.['stderr']).toMatch('no tensor here');
  });

  it('that cannot be started fails the request instead of waiting for its answer', async () => {
    const host = new WorkerHost({
      transport: forkTransport('worker.mjs', '/does/not/exist/node'),
    });
    await expect(host.catalogue()).rejects.toMatchObject({ kind: 'worker-died' });
  });

  it('that ignores the request to end is killed', async () => {
    const { host, exit } = hostOf(`${hello} process.on('message', () => {});`);
    await host.catalogue();
    await host.shutdown(50);
    expect((await exit).details).toMatchObject({ signal: 'SIGKILL' });
  });
});
