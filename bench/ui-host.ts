import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { insertDataset, listImages } from '../src/main/db/datasets';
import type { WritableDb } from '../src/main/db/handle';
import { openDatabase } from '../src/main/db/open';
import { insertJob } from '../src/main/db/jobs';
import { insertPair, insertRun } from '../src/main/db/runs';
import { insertSplit } from '../src/main/db/splits';
import { upsertSteps } from '../src/main/db/training';
import { createLab, type Lab } from '../src/main/lab';
import { startServer } from '../src/main/shells/server';
import { openWorkspace } from '../src/main/workspace/open';
import type { JobSpec, StepMetric, TrainSpec } from '@shared/domain/run';
import { random } from '@shared/random';

/**
 * The host of the interface's benchmark: a workspace of made-up results behind the real server and the
 * built page. Prints its address; a line on standard input starts the stream of steps.
 */
interface Settings {
  /** Folder of the built app. */
  readonly out: string;
  readonly pairs: number;
  /** Pictures of the newest pair: each is two points. */
  readonly images: number;
  /** Stored steps of the newest pair's twin. */
  readonly steps: number;
  readonly updatesPerSecond: number;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as Settings;
const draw = random(1, 'bench/ui', 0, 0);

const folder = mkdtempSync(join(tmpdir(), 'iqalab-bench-ui-'));
const workspace = openWorkspace(join(folder, 'workspace'), 'create');
const streamed = workspace.db.transaction(() => seed(workspace.db, settings));
const path = workspace.layout.root;
workspace.close();

const lab = await createLab({
  workspaceDir: path,
  shell: 'server',
  workerEntry: join(settings.out, 'main', 'worker.js'),
  stateDir: null,
  startLeftOver: false,
});
const listeners = new Set<(data: { id: number; steps: StepMetric[] }) => void>();
const server = await startServer({
  lab: withStream(lab),
  rendererDir: join(settings.out, 'renderer'),
});
process.stdout.write(`${JSON.stringify({ address: server.address, folder })}\n`);

let timer: NodeJS.Timeout | undefined;
createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'live') startStream();
  else void end();
});

/** Steps as a training tells them: stored first, then told. */
function startStream(): void {
  const db = openDatabase(join(path, 'lab.sqlite'));
  let step = settings.steps;
  timer = setInterval(() => {
    const steps = Array.from({ length: 4 }, () => stepAt(++step));
    db.transaction(() => upsertSteps(db, streamed, steps));
    for (const listener of listeners) listener({ id: streamed, steps });
  }, 1000 / settings.updatesPerSecond);
}

async function end(): Promise<void> {
  clearInterval(timer);
  await server.close();
  await lab.close();
  process.exit(0);
}

function withStream(real: Lab): Lab {
  const on: Lab['on'] = (event, listener) => {
    if (event !== 'run.steps') return real.on(event, listener);
    const added = listener as (data: { id: number; steps: StepMetric[] }) => void;
    listeners.add(added);
    return () => listeners.delete(added);
  };
  return { ...real, on };
}

function stepAt(step: number): StepMetric {
  const qualityLoss = 4 + 20 / (1 + step / 20_000) + draw.uniform(-1, 1);
  const normTerm = 0.2 + draw.uniform(0, 0.1);
  const total = qualityLoss + normTerm;
  return {
    step,
    epoch: 1 + Math.floor(step / 18_600),
    qualityLoss,
    normTerm,
    total,
    normEstimate: 900 + draw.uniform(-50, 50),
    learningRate: 0.001,
  };
}

/** @returns id of the run whose steps are streamed: the newest pair's twin */
function seed(db: WritableDb, { pairs, images, steps }: Settings): number {
  const datasetId = insertDataset(db, {
    name: 'Benchmark',
    importer: 'table',
    root: '/nowhere',
    scoreKind: 'mos',
    scoreMin: 0,
    scoreMax: 100,
    synthetic: true,
    contentHash: 'benchmark',
    createdAtMs: 1,
    images: Array.from({ length: images + 20 }, (_, position) => ({
      position,
      name: `Images/${position + 1}.png`,
      relPath: `${position + 1}.png`,
      width: 500,
      height: 500,
      score: draw.uniform(0, 100),
      scoreStd: null,
      groupKey: null,
      sha256: position.toString(16).padStart(64, '0'),
      dhash: position.toString(16).padStart(16, '0'),
    })),
    report: { imported: images + 20, excluded: [], problems: [] },
  });
  const ids = listImages(db, datasetId).map(({ id }) => id);
  const test = ids.slice(20);
  const splitId = insertSplit(db, {
    datasetId,
    name: 'split',
    spec: { method: 'random', seed: 1, testShare: 0.9, validationShare: 0, grouped: false },
    scoreMin: 0,
    scoreMax: 100,
    contentHash: 'split',
    notes: [],
    createdAtMs: 1,
    members: { train: ids.slice(0, 10), validation: ids.slice(10, 20), test },
  });
  let last = 0;
  for (let pair = 1; pair <= pairs; pair++) {
    const runIds = [null, { lambda: 0.0005, h: 0.01 }].map((nt) => {
      const spec: TrainSpec = {
        datasetId,
        splitId,
        modelId: 'cnniqa',
        modelVersion: 1,
        modelParams: {},
        trainer: { epochs: 30, batchSize: 16, selection: 'last' },
        nt,
        seed: pair,
      };
      const runId = insertRun(db, {
        regime: nt ? 'nt' : 'baseline',
        name: `CNNIQA, seed ${pair}${nt ? ' +NT' : ''}`,
        spec,
        modelTitle: 'CNNIQA',
        selection: 'last',
        epochsTotal: 30,
        datasetHash: 'benchmark',
        splitHash: 'split',
        appVersion: '0',
        createdAtMs: pair,
      });
      finished(db, { kind: 'train', runId }, 'Training');
      return runId;
    });
    const [baselineRunId = 0, ntRunId = 0] = runIds;
    const name = `CNNIQA, seed ${pair}`;
    insertPair(db, { name, baselineRunId, ntRunId, seriesId: null, createdAtMs: pair });
    if (pair === pairs) for (const runId of runIds) measured(db, runId, test);
    last = ntRunId;
  }
  const all = Array.from({ length: steps }, (_, i) => stepAt(i + 1));
  upsertSteps(db, last, all);
  return last;
}

function finished(db: WritableDb, spec: JobSpec, action: string, label?: string): number {
  const id = insertJob(db, { spec, action, label, access: 'white-box', createdAtMs: 1 });
  db.run(`UPDATE jobs SET state = 'done', started_at_ms = 1, ended_at_ms = 2 WHERE id = @id`, {
    id,
  });
  return id;
}

/** Scores and one attack of every test picture. */
function measured(db: WritableDb, runId: number, imageIds: readonly number[]): void {
  const side = 'test' as const;
  const scores = finished(db, { kind: 'evaluate', runId, side }, 'Scores');
  const attackSpec = { attackId: 'fgsm', attackVersion: 1, params: { epsilon: 0.005 }, run: {} };
  const attack = finished(
    db,
    { kind: 'attack', runId, side, ...attackSpec, seed: 1, limit: null },
    'FGSM',
    'FGSM, epsilon 0.005',
  );
  for (const imageId of imageIds) {
    const clean = draw.uniform(5, 95);
    const after = clean + draw.normal(0, 8);
    db.run(
      'INSERT INTO score_rows (job_id, image_id, score, views) VALUES (@job, @imageId, @clean, 25)',
      {
        job: scores,
        imageId,
        clean,
      },
    );
    db.run(
      `INSERT INTO attack_rows (job_id, image_id, clean, attacked_float, attacked_eight_bit,
         linf_float, linf_eight_bit, l2, ssim, psnr, direction, steps, zero_gradient_share,
         clamped_share, duration_ms, artifact)
       VALUES (@job, @imageId, @clean, @after, @after, 0.005, 0.004, 1, '{"ssim-piq":0.98}', 40,
         'down', 1, 0, 0, 10, NULL)`,
      { job: attack, imageId, clean, after },
    );
  }
}
