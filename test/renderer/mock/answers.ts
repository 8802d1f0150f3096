import type { ImportPreview } from '@shared/domain/dataset';
import { LabError, must } from '@shared/errors';
import type { Job, JobState } from '@shared/domain/run';
import type { Args, Method, Result, Workspace } from '@shared/rpc';
import { weightCatalogue } from '@shared/weights/catalogue';
import { benchAnswer } from './bench';
import { catalogue } from './catalogue';
import { groupAnswers } from './groups';
import * as data from './data';
import { study } from './study';
import { weights } from './weights';

export type Answers = {
  [M in Method]: (args: Args<M>) => Result<M> | Promise<Result<M>>;
};

const preview: ImportPreview = {
  importer: 'table',
  title: 'Folder with a label table',
  imageFolder: '/home/ada/data/my-photos',
  labelFile: '/home/ada/data/my-photos/ratings.csv',
  columns: ['file', 'mos', 'sd', 'scene'],
  rows: Array.from({ length: 20 }, (_, row) => [
    `IMG_${2000 + row}.jpg`,
    `${40 + row},5`,
    '12,1',
    `scene ${row % 4}`,
  ]),
  rowCount: 412,
  mapping: {
    image: 'file',
    score: 'mos',
    std: 'sd',
    scoreKind: 'mos',
    scoreMin: 0,
    scoreMax: 100,
    decimal: ',',
  },
  notes: ['The numbers use a decimal comma.'],
};

/** The answers of one make-believe host; state that changes lives in this closure. */
export function answers(): Answers {
  let workspace: Workspace | null = { path: '/home/ada/studies/nt', name: 'nt', createdAtMs: 0 };
  let jobs = [...data.jobs];
  const pictures = data.datasets.map((dataset) => data.images(dataset));
  const ofDataset = (id: number) => pictures[id - 1] ?? [];
  const testSide = ofDataset(1).slice(-232);
  const setState =
    (state: JobState) =>
    ({ id }: { id: number }): Job => {
      jobs = jobs.map((job) => (job.id === id ? { ...job, state } : job));
      return must(
        jobs.find((job) => job.id === id),
        'the job exists',
      );
    };
  const report = {
    datasetId: 1,
    imported: 1162,
    excluded: ['t1.bmp', 't2.bmp'],
    problems: [
      {
        kind: 'unmatched-label' as const,
        name: 'IMG_2007.jpg',
        reason: 'no such file in the folder',
      },
      {
        kind: 'unreadable' as const,
        name: 'IMG_2011.jpg',
        reason: 'the JPEG ends in the middle of the picture',
      },
    ],
  };
  const exported = {
    fileName: 'figure.svg',
    path: '/home/ada/studies/nt/exports/figure.svg',
    mediaId: 'figure.svg',
    sizeBytes: 18_200,
  };
  const ok = { ok: true } as const;
  const open = ({ path }: { path: string }): Workspace => {
    workspace = { path, name: path.split('/').at(-1) ?? path, createdAtMs: 0 };
    return workspace;
  };
  return {
    'app.info': () => ({
      name: 'IQA Robustness Lab',
      version: '0.1.0',
      shell: 'server',
      platform: 'linux',
    }),
    'workspace.current': () => workspace,
    'workspace.recent': () => [
      { path: '/home/ada/studies/nt', name: 'nt', exists: true },
      { path: '/mnt/usb/old-study', name: 'old-study', exists: false },
    ],
    'workspace.create': open,
    'workspace.open': open,
    'workspace.close': () => {
      workspace = null;
      return ok;
    },
    'files.list': ({ path }) => ({
      path: path ?? '/home/ada',
      parent: path === '/' ? null : '/',
      entries: [
        { name: 'studies', path: '/home/ada/studies', kind: 'folder' },
        { name: 'nt', path: '/home/ada/studies/nt', kind: 'workspace' },
        { name: 'ratings.csv', path: '/home/ada/ratings.csv', kind: 'labels' },
        { name: 'notes.txt', path: '/home/ada/notes.txt', kind: 'file' },
      ],
    }),
    'files.pickFiles': () => null,
    'files.pickFolder': () => null,
    'weights.list': () => ({
      entries: weightCatalogue.map((entry) => ({
        entry,
        files: weights.filter((file) => file.entryId === entry.id),
      })),
      others: weights.filter((file) => file.entryId === null),
    }),
    'weights.add': ({ path }) => [
      {
        path,
        outcome: 'refused',
        weights: null,
        reason: `the weights file "${path}" fits no model the lab knows`,
        next: 'Compare its name with those of the list.',
      },
    ],
    'weights.remove': () => ok,
    'weights.restore': () => ok,
    'dataset.preview': () => preview,
    'dataset.import': () => report,
    'dataset.createDemo': () => ({ ...report, datasetId: 2 }),
    'dataset.list': () => data.datasets,
    'dataset.images': ({ datasetId, offset, limit }) =>
      ofDataset(datasetId).slice(offset, offset + limit),
    'dataset.report': () => report,
    'dataset.delete': () => ok,
    'dataset.restore': () => ok,
    'split.create': ({ datasetId, name }) => {
      if (name.includes('leak')) {
        throw new LabError({
          kind: 'leakage',
          message:
            'Images/12.bmp (training) and Images/873.bmp (test) are nearly the same picture: 3 of 64 bits differ.',
          safe: 'No split was made.',
          next: 'Split by reference content, or take one of the two out of the data set.',
        });
      }
      return data.splits.filter((split) => split.datasetId === datasetId);
    },
    'split.readIndexFile': () => ({ train: [0, 1, 2], test: [3], source: 'livec_index.pkl' }),
    'split.list': ({ datasetId }) => data.splits.filter((split) => split.datasetId === datasetId),
    'split.members': ({ id }) => data.members(must(data.splits[id - 1], 'the split exists')),
    'split.delete': () => ok,
    'catalogue.get': () => catalogue,
    'engine.info': () => ({
      current: {
        name: 'cpu',
        description: 'libtensorflow 2.21.0, 2 threads',
        versions: {
          '@tensorflow/tfjs-node-gpu': '4.22.0',
          libtensorflow: '2.21.0',
          node: '24.19.2',
        },
        threads: 2,
        deterministic: true,
        selfTestMs: 840,
      },
      ladder: [
        { name: 'cuda', available: false, reason: 'no NVIDIA driver was found' },
        { name: 'webgpu', available: false, reason: 'comes in a later version' },
        { name: 'cpu', available: true, reason: 'libtensorflow 2.21.0, 2 threads' },
        { name: 'wasm', available: true, reason: 'always available, slower' },
      ],
      error: null,
    }),
    'engine.select': ({ name }) => ({
      name: name ?? 'cpu',
      description: 'libtensorflow 2.21.0, 2 threads',
      versions: {},
      threads: 2,
      deterministic: true,
      selfTestMs: 840,
    }),
    'pair.create': () => must(data.pairs[1], 'two pairs'),
    'pair.createRepeats': () => data.pairs.slice(0, 2),
    'pair.check': () => ({ ok: true, findings: [], measured: null, offers: [] }),
    'pair.list': () => data.pairs,
    'pair.rename': ({ id, name }) => ({ ...must(data.pairs[id - 1], 'the pair exists'), name }),
    'run.list': () => data.runs,
    'run.get': ({ id }) => must(data.runs[id - 1], 'the run exists'),
    'run.import': () => ({ runs: [], pair: null }),
    'run.exportWeights': ({ format }) => ({
      ...exported,
      fileName: `weights.${format === 'torch' ? 'pth' : 'safetensors'}`,
      sha256: 'ab'.repeat(32),
    }),
    'run.rename': ({ id, name }) => ({ ...must(data.runs[id - 1], 'the run exists'), name }),
    'run.delete': () => ok,
    'run.restore': () => ok,
    'run.steps': ({ id }) => {
      const stored = id === 4 ? 260 : 696;
      return { steps: data.steps(id, 0, stored), stored };
    },
    'run.epochs': ({ id }) => data.epochs(id, id === 4 ? 4 : 12),
    'run.warnings': ({ id }) =>
      id === 2
        ? [{ code: 'norm-grows', message: 'The gradient norm grew over the last 3 epochs.' }]
        : [],
    'evaluate.start': () => ({ jobIds: [5] }),
    'attack.start': () => ({ jobIds: [7, 8] }),
    'norms.start': () => ({ jobIds: [9, 10] }),
    'fit.start': () => ({ jobIds: [11] }),
    'fit.results': () => [],
    ...groupAnswers(jobs),
    'bench.run': (ask) => benchAnswer(ask, testSide),
    'bench.stop': () => ok,
    'job.list': () => jobs,
    'job.get': ({ id }) =>
      must(
        jobs.find((job) => job.id === id),
        'the job exists',
      ),
    'job.pause': setState('paused'),
    'job.resume': setState('running'),
    'job.stop': setState('cancelled'),
    'job.stopAfterEpoch': setState('running'),
    'job.cancel': setState('cancelled'),
    'job.move': () => ok,
    'job.scores': ({ id }) => data.scoreRows(id, testSide),
    'job.attacks': ({ id }) => data.attackRows(id === 11 ? 3 : id - 6, testSide),
    'job.traces': () => [],
    'job.norms': ({ id }) => data.normRows(id - 8, testSide),
    'job.warnings': () => [],
    'study.load': (selection) => study(selection, testSide),
    'export.figure': ({ format }) => ({ ...exported, fileName: `figure.${format}` }),
    'export.preview': () => ({ png: '' }),
    'export.bundle': ({ name }) => ({
      path: `/home/ada/studies/nt/exports/${name}`,
      files: 149,
      sizeBytes: 3_400_000,
      figures: 13,
      tables: 16,
      leftOut: [],
    }),
    'export.plate': ({ format }) => ({ ...exported, fileName: `plate.${format}` }),
    'export.table': () => ({ ...exported, fileName: 'table.csv' }),
  };
}
