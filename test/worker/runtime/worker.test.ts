import { describe, expect, it } from 'vitest';
import type { Catalogue } from '../../../src/shared/domain/catalogue';
import { LabError } from '../../../src/shared/errors';
import type { EvaluatePayload, WorkerMessage } from '../../../src/shared/worker-protocol';
import { Worker, type WorkerParts } from '../../../src/worker/runtime/worker';

const catalogue: Catalogue = {
  models: [],
  attacks: [],
  attackRun: [],
  norms: [],
  fits: [],
  defences: [],
};
const info = {
  name: 'wasm',
  description: 'test',
  versions: {},
  threads: 1,
  deterministic: true,
  selfTestMs: 1,
} as const;
const payload: EvaluatePayload = {
  kind: 'evaluate',
  runId: 1,
  modelId: 'm',
  modelParams: {},
  trainer: {},
  nt: null,
  seed: 1,
  cacheDir: '',
  checkpoint: '',
  images: [],
  doneBefore: 0,
};

function start(parts: Partial<WorkerParts> = {}) {
  const said: WorkerMessage[] = [];
  let closed = false;
  const port = {
    post: (message: WorkerMessage) => {
      if (message.type !== 'alive') said.push(message);
    },
    close: () => (closed = true),
  };
  const worker = new Worker(port, {
    catalogue,
    loadEngine: () => Promise.resolve({ info, ladder: [] }),
    inspectWeights: () => Promise.reject(new Error('not asked for')),
    writeWeights: () => Promise.reject(new Error('not asked for')),
    bench: () => Promise.reject(new Error('not asked for')),
    execute: () => Promise.resolve({}),
    ...parts,
  });
  const types = () => said.map(({ type }) => type);
  const until = async (type: string): Promise<WorkerMessage> => {
    for (let i = 0; i < 400; i++) {
      const found = said.find((message) => message.type === type);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`no ${type}, only ${types().join(', ')}`);
  };
  return { worker, said, types, until, isClosed: () => closed };
}

describe('Worker', () => {
  it('says hello with the catalogue before any engine is loaded', () => {
    const { said } = start({ loadEngine: () => Promise.reject(new Error('not asked for')) });
    expect(said).toEqual([{ type: 'hello', pid: process.pid, catalogue }]);
  });

  it('loads an engine for a job when none was asked for', async () => {
    const { worker, until, types } = start();
    worker.receive({ type: 'start', jobId: 1, payload });
    await until('done');
    expect(types()).toEqual(['hello', 'engine', 'started', 'done']);
  });

  it('waits for the engine that is being loaded', async () => {
    const { worker, until, types } = start();
    worker.receive({ type: 'load-engine', name: 'wasm' });
    worker.receive({ type: 'start', jobId: 1, payload });
    await until('done');
    expect(types()).toEqual(['hello', 'engine', 'started', 'done']);
  });

  it('fails the job, once, where no engine can be loaded, and tells the reasons', async () => {
    const ladder = [{ name: 'cpu', available: false, reason: 'not installed' }];
    const refuse = new LabError({ kind: 'engine', message: 'none', details: { ladder } });
    const { worker, until, types } = start({ loadEngine: () => Promise.reject(refuse) });
    worker.receive({ type: 'start', jobId: 1, payload });
    expect(await until('failed')).toMatchObject({ jobId: 1, error: { kind: 'engine' } });
    expect(await until('engine-failed')).toMatchObject({ ladder });
    expect(types()).toEqual(['hello', 'engine-failed', 'failed']);
  });

  it('turns what an executor throws into a failure', async () => {
    const { worker, until } = start({ execute: () => Promise.reject(new Error('broken')) });
    worker.receive({ type: 'start', jobId: 3, payload });
    expect(await until('failed')).toMatchObject({ jobId: 3, error: { message: 'broken' } });
  });

  it('refuses a second job while one runs, which goes on', async () => {
    const { worker, until, said } = start({
      execute: async (_, job) => {
        while (!job.control.stopAfterEpoch) await job.control.checkpoint();
        return {};
      },
    });
    worker.receive({ type: 'start', jobId: 1, payload });
    await until('started');
    worker.receive({ type: 'start', jobId: 2, payload });
    expect(await until('failed')).toMatchObject({ jobId: 2, error: { kind: 'conflict' } });
    worker.receive({ type: 'control', jobId: 2, action: 'stop' });
    worker.receive({ type: 'control', jobId: 1, action: 'stop-after-epoch' });
    expect(await until('done')).toMatchObject({ jobId: 1 });
    expect(said.filter(({ type }) => type === 'stopped')).toEqual([]);
  });

  it('stops a job on request and can run the next', async () => {
    const forever: WorkerParts['execute'] = async (_, job) => {
      for (;;) await job.control.checkpoint();
    };
    const { worker, until, types } = start({ execute: forever });
    worker.receive({ type: 'start', jobId: 1, payload });
    await until('started');
    worker.receive({ type: 'control', jobId: 1, action: 'stop' });
    await until('stopped');
    await new Promise((resolve) => setTimeout(resolve, 5));
    worker.receive({ type: 'start', jobId: 2, payload });
    await new Promise((resolve) => setTimeout(resolve, 20));
    worker.receive({ type: 'control', jobId: 2, action: 'stop' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(types()).toEqual(['hello', 'engine', 'started', 'stopped', 'started', 'stopped']);
  });

  it('stops the running job before it ends', async () => {
    const { worker, until, types, isClosed } = start({
      execute: async (_, job) => {
        for (;;) await job.control.checkpoint();
      },
    });
    worker.receive({ type: 'start', jobId: 1, payload });
    await until('started');
    worker.receive({ type: 'shutdown' });
    await until('stopped');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isClosed()).toBe(true);
    expect(types().at(-1)).toBe('stopped');
  });
});
