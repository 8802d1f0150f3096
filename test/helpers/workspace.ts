import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { insertDataset } from '../../src/main/db/datasets';
import type { WritableDb } from '../../src/main/db/handle';
import { insertSplit } from '../../src/main/db/splits';
import { listImages } from '../../src/main/db/datasets';
import type { JobTiming } from '../../src/main/jobs/timing';
import type { Lab, LabOptions } from '../../src/main/lab';
import { createLab } from '../../src/main/lab';
import { openWorkspace } from '../../src/main/workspace/open';
import type { Job, JobState, Pair } from '../../src/shared/domain/run';
import type { PairDraft, RpcClient } from '../../src/shared/rpc';
import { fakeWorker } from './fake-worker';

/** A folder that is gone when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'iqalab-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Short times, so that a test that waits for a timeout does not. */
export const quickTiming: JobTiming = {
  writeMs: 0,
  watchMs: 20,
  hangMs: 60_000,
  graceMs: 200,
  closeGraceMs: 500,
  retryMs: 20,
};

export interface Seeded {
  readonly path: string;
  readonly datasetId: number;
  readonly splitId: number;
}

/**
 * A workspace with one data set and one split. The pictures are not pictures: nothing in the host
 * decodes them for a job.
 * @param images number of images: half train, a quarter each validation and test
 */
export function seedWorkspace(images = 16): Seeded {
  const folder = temporaryFolder();
  const workspace = openWorkspace(join(folder, 'workspace'), 'create');
  const root = join(folder, 'pictures');
  mkdirSync(root);
  const { datasetId, splitId } = seedData(workspace.db, root, images);
  workspace.close();
  return { path: workspace.layout.root, datasetId, splitId };
}

export function seedData(
  db: WritableDb,
  root: string,
  images: number,
): { datasetId: number; splitId: number } {
  const entries = Array.from({ length: images }, (_, position) => {
    const name = `${position}.png`;
    writeFileSync(join(root, name), `picture ${position}`);
    return {
      position,
      name,
      relPath: name,
      width: 64,
      height: 48,
      score: position,
      scoreStd: null,
      groupKey: null,
      sha256: createHash('sha256').update(name).digest('hex'),
      dhash: '0123456789abcdef',
    };
  });
  const datasetId = insertDataset(db, {
    name: 'Toys',
    importer: 'table',
    root,
    scoreKind: 'mos',
    scoreMin: 0,
    scoreMax: images - 1,
    synthetic: false,
    contentHash: 'data set hash',
    createdAtMs: 1,
    images: entries,
    report: { imported: images, excluded: [], problems: [] },
  });
  const ids = listImages(db, datasetId).map((image) => image.id);
  const splitId = insertSplit(db, {
    datasetId,
    name: 'split',
    spec: { method: 'random', seed: 1, testShare: 0.25, validationShare: 0.25, grouped: false },
    scoreMin: 0,
    scoreMax: images - 1,
    contentHash: 'split hash',
    notes: [],
    createdAtMs: 1,
    members: {
      train: ids.filter((_, index) => index % 4 < 2),
      validation: ids.filter((_, index) => index % 4 === 2),
      test: ids.filter((_, index) => index % 4 === 3),
    },
  });
  return { datasetId, splitId };
}

/** A lab around a fake worker; closed when the test ends. */
export async function openTestLab(options: Partial<LabOptions> = {}): Promise<Lab> {
  const lab = await createLab({
    workspaceDir: null,
    shell: 'server',
    transport: fakeWorker().transport,
    stateDir: null,
    freeBytes: () => Promise.resolve(1e12),
    ...options,
    timing: { ...quickTiming, ...options.timing },
  });
  onTestFinished(() => lab.close());
  return lab;
}

export function draftOf(seeded: Seeded, changes: Partial<PairDraft> = {}): PairDraft {
  return {
    name: 'Toy',
    datasetId: seeded.datasetId,
    splitId: seeded.splitId,
    modelId: 'toy',
    modelParams: {},
    trainer: {},
    nt: {},
    seed: 1,
    ...changes,
  };
}

/** Waits until a job is in one of these states. */
export async function jobIn(lab: RpcClient, id: number, ...states: JobState[]): Promise<Job> {
  return new Promise((resolve, reject) => {
    const end = lab.on('job.changed', (job) => {
      if (job.id === id && states.includes(job.state)) {
        end();
        resolve(job);
      }
    });
    lab.call('job.get', { id }).then((job) => {
      if (!states.includes(job.state)) return;
      end();
      resolve(job);
    }, reject);
  });
}

/** Train job ids of a pair: baseline, then twin. */
export async function trainJobs(lab: RpcClient, pair: Pair): Promise<[number, number]> {
  const [baseline, twin] = await Promise.all([
    lab.call('run.get', { id: pair.baselineRunId }),
    lab.call('run.get', { id: pair.ntRunId }),
  ]);
  return [baseline.trainJobId, twin.trainJobId];
}
