/**
 * How long the bench's worker takes to answer a move of a slider, both twins together, as the window waits for it: one
 * picture of 500 x 500, a preview of each twin, then all views of each. Weights are nearly untrained: the work is the same.
 *
 *   npm run bench -- bench-screen [--engine cpu] [--model cnniqa] [--moves 5]
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const worker = resolve(import.meta.dirname, '..', 'out', 'main', 'worker.js');
const side = 500;
const attacks = [
  { name: 'FGSM', attackId: 'fgsm', params: {} },
  { name: 'I-FGSM, 10 steps', attackId: 'i-fgsm', params: { steps: 10 } },
];

/** @param {readonly string[]} args @returns {Promise<number>} exit status */
export async function run(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      engine: { type: 'string', default: 'cpu' },
      model: { type: 'string', multiple: true, default: ['cnniqa', 'efficientnet-lite0'] },
      moves: { type: 'string', default: '5' },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'iqalab-bench-'));
  const lab = new Worker();
  try {
    lab.send({ type: 'load-engine', name: values.engine });
    const { info } = await lab.next('engine');
    const images = [1, 2, 3, 4].map((id) => makePicture(folder, id));
    const rows = [];
    for (const modelId of values.model) {
      const pair = [
        await train(lab, folder, images, modelId, 0),
        await train(lab, folder, images, modelId, 1),
      ];
      for (const attack of attacks) {
        rows.push(await measure(lab, pair, attack, images[0], modelId, Number(values.moves)));
        console.log(JSON.stringify(rows.at(-1)));
      }
    }
    console.log(
      `Seconds until both twins are answered; ${info.description}, ${cpus()[0]?.model ?? 'unknown processor'}, ` +
        `${availableParallelism()} threads, load ${loadavg()[0].toFixed(1)} at the end`,
    );
    console.table(rows);
    return 0;
  } finally {
    await lab.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Moves epsilon, waits for each answer, and once changes its mind in the middle of a long attack. */
async function measure(lab, pair, attack, image, modelId, moves) {
  const ask = (base, scope, epsilon, more = {}) => ({
    ...base,
    image,
    attackId: attack.attackId,
    params: { ...attack.params, epsilon, ...more },
    run: {},
    files: [],
    measures: [],
    attackSeed: 1,
    scope,
  });
  const both = async (scope, epsilon) => {
    const start = performance.now();
    for (const base of pair) await lab.bench(ask(base, scope, epsilon));
    return (performance.now() - start) / 1000;
  };
  const first = await both('preview', 0.005);
  const previews = [];
  const fulls = [];
  for (let move = 1; move <= moves; move++) {
    previews.push(await both('preview', 0.001 * move));
    fulls.push(await both('full', 0.001 * move));
  }
  const long = lab.ask(
    ask(pair[0], 'full', 0.02, attack.attackId === 'i-fgsm' ? { steps: 1000 } : {}),
  );
  await new Promise((done) => setTimeout(done, 300));
  const start = performance.now();
  lab.send({ type: 'bench-cancel', requestId: long });
  await lab.bench(ask(pair[0], 'preview', 0.01));
  const changed = (performance.now() - start) / 1000;
  return {
    model: modelId,
    attack: attack.name,
    first: first.toFixed(2),
    'preview, median': median(previews).toFixed(2),
    'preview, longest': Math.max(...previews).toFixed(2),
    'all views, median': median(fulls).toFixed(2),
    'one twin after a change of mind': changed.toFixed(2),
    'worker, GB': memoryGb(lab.pid),
  };
}

/** A run of one step: weights that exist, as the bench needs them. */
async function train(lab, folder, images, modelId, twin) {
  const checkpointDir = join(folder, `${modelId}-${twin}`);
  mkdirSync(checkpointDir);
  const base = {
    runId: twin,
    modelId,
    modelParams: {},
    nt: null,
    seed: 1 + twin,
    cacheDir: join(folder, 'cache'),
    trainer: { epochs: 1, batchSize: 4, trainViews: 1 },
  };
  lab.send({
    type: 'start',
    jobId: ++lab.jobs,
    payload: {
      ...base,
      kind: 'train',
      train: images,
      validation: [],
      selectOn: [],
      selection: 'last',
      checkpointDir,
      initial: [],
      resumeFrom: null,
    },
  });
  const { train: summary } = await lab.next('done');
  return { ...base, checkpoint: summary.selectedCheckpoint };
}

/** An uncompressed bitmap of smooth waves under a grain that no two pictures share. */
function makePicture(folder, id) {
  const row = side * 3;
  const bytes = Buffer.alloc(54 + row * side);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(side, 18);
  bytes.writeInt32LE(side, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let i = 0; i < row * side; i++) {
    const [x, y] = [Math.floor((i % row) / 3), Math.floor(i / row)];
    const grain = ((x * 73 + y * 151 + id * 31) % 29) - 14;
    bytes[54 + i] = 128 + 60 * Math.sin(x / (9 + id)) * Math.cos(y / 13) + grain;
  }
  const path = join(folder, `${id}.bmp`);
  writeFileSync(path, bytes);
  return { id, path, sha256: createHash('sha256').update(bytes).digest('hex'), mos: 20 * id };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function memoryGb(pid) {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return 'unknown';
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(path, 'utf8'))?.[1] ?? NaN);
  return (kilobytes / 1e6).toFixed(2);
}

/** The built worker, spoken to as the host does. */
class Worker {
  jobs = 0;
  #requests = 0;
  #said = [];
  #wake = () => undefined;
  #gone = false;

  constructor() {
    this.child = fork(worker, [], { serialization: 'advanced', execArgv: [] });
    this.child.on('message', (message) => {
      this.#said.push(message);
      this.#wake();
    });
    this.child.on('exit', () => {
      this.#gone = true;
      this.#wake();
    });
  }

  get pid() {
    return this.child.pid;
  }

  send(message) {
    this.child.send(message);
  }

  /** @returns the request's number */
  ask(payload) {
    this.send({ type: 'bench', requestId: ++this.#requests, payload });
    return this.#requests;
  }

  async bench(payload) {
    const requestId = this.ask(payload);
    return await this.#until((one) => one.type === 'bench-answer' && one.requestId === requestId);
  }

  /** The next message of a type; failures of any kind end the measurement. */
  async next(type) {
    return await this.#until((one) => one.type === type);
  }

  async #until(wanted) {
    for (;;) {
      for (let one = this.#said.shift(); one; one = this.#said.shift()) {
        if (wanted(one)) return one;
        const cancelled = one.type === 'bench-refused' && one.error.kind === 'cancelled';
        if (one.error && !cancelled) throw new Error(one.error.message);
      }
      if (this.#gone) throw new Error('the worker has ended');
      await new Promise((heard) => (this.#wake = heard));
    }
  }

  async end() {
    if (this.#gone) return;
    const gone = new Promise((done) => this.child.once('exit', done));
    this.send({ type: 'shutdown' });
    await gone;
  }
}
