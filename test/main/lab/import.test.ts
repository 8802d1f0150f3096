import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Lab } from '../../../src/main/lab';
import type { ImportDraft } from '../../../src/shared/rpc';
import type { EvaluatePayload } from '../../../src/shared/worker-protocol';
import { fakeWorker, type FakeWorker } from '../../helpers/fake-worker';
import { withPretrained } from '../../helpers/pretrained';
import type { Seeded } from '../../helpers/workspace';
import { jobIn, openTestLab, seedWorkspace, temporaryFolder } from '../../helpers/workspace';

interface Setting {
  readonly lab: Lab;
  readonly fake: FakeWorker;
  readonly seeded: Seeded;
  readonly folder: string;
  readonly add: (name: string, text: string) => Promise<string>;
}

async function setting(): Promise<Setting> {
  const seeded = seedWorkspace();
  const fake = fakeWorker({ alter: withPretrained });
  const lab = await openTestLab({ workspaceDir: seeded.path, transport: fake.transport });
  const folder = temporaryFolder();
  const add = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    writeFileSync(path, text);
    await lab.call('weights.add', { path });
    return createHash('sha256').update(text).digest('hex');
  };
  return { lab, fake, seeded, folder, add };
}

const imported = ({ lab, seeded }: Setting, changes: Partial<ImportDraft>) =>
  lab.call('run.import', {
    draft: {
      name: 'Published',
      datasetId: seeded.datasetId,
      splitId: seeded.splitId,
      baseline: null,
      twin: null,
      modelParams: {},
      trainer: {},
      seed: 1,
      scale: 'own',
      ...changes,
    },
  });

/** Imports one file and waits until it has been read. */
async function readyRun(own: Setting, scale: ImportDraft['scale'] = 'own') {
  const baseline = await own.add('net.pkl', 'weights model dbcnn');
  const { runs } = await imported(own, { baseline, scale });
  const [run] = runs;
  if (!run) throw new Error('there is no run');
  await jobIn(own.lab, run.trainJobId, 'done');
  return await own.lab.call('run.get', { id: run.id });
}

describe('weights used as they are', () => {
  it('become a run without epochs that says so', async () => {
    const own = await setting();
    const run = await readyRun(own, 'fitted');
    expect(run).toMatchObject({
      name: 'Published',
      regime: 'baseline',
      pairIds: [],
      epochsDone: 0,
      epochsTotal: 0,
      selectedEpoch: 0,
      // What the fake worker says a fitted line is.
      labScale: { scale: 50, offset: 3 },
    });
    expect(run.spec).toMatchObject({ imported: { scale: 'fitted' }, nt: null, modelId: 'dbcnn' });
    const [start] = own.fake.started;
    expect(start?.payload).toMatchObject({ kind: 'train', imported: { scale: 'fitted' } });
    expect(await own.lab.call('run.steps', { id: run.id, afterStep: 0, maxPoints: 9 })).toEqual({
      steps: [],
      stored: 0,
    });
  });

  it('are scored on the scale that belongs to this run, not to its model', async () => {
    const own = await setting();
    const run = await readyRun(own, 'fitted');
    const { jobIds } = await own.lab.call('evaluate.start', { runIds: [run.id], side: 'test' });
    await jobIn(own.lab, jobIds[0] ?? 0, 'done');
    const payload = own.fake.started.at(-1)?.payload as EvaluatePayload;
    expect(payload.labScale).toEqual({ scale: 50, offset: 3 });
  });

  it('form a pair where both twins are given, each with its own weights', async () => {
    const own = await setting();
    const baseline = await own.add('a.pkl', 'weights model dbcnn a');
    const twin = await own.add('b.pkl', 'weights model dbcnn b');
    const { runs, pair } = await imported(own, { baseline, twin });
    for (const { trainJobId } of runs) await jobIn(own.lab, trainJobId, 'done');
    expect(pair).toMatchObject({ baselineRunId: runs[0]?.id, ntRunId: runs[1]?.id });
    expect(runs.map(({ name, regime }) => [name, regime])).toEqual([
      ['Published', 'baseline'],
      ['Published +NT', 'nt'],
    ]);
    const done = await Promise.all(runs.map(({ id }) => own.lab.call('run.get', { id })));
    expect(new Set(done.map(({ weightsSha256 }) => weightsSha256)).size).toBe(2);
  });

  it('are called imported in tables and captions, with the file and the scale', async () => {
    const own = await setting();
    const run = await readyRun(own, 'fitted');
    const selection = { runIds: [run.id], side: 'test' as const };
    const options = { scored: 'float' as const };
    const { jobIds } = await own.lab.call('evaluate.start', { runIds: [run.id], side: 'test' });
    await jobIn(own.lab, jobIds[0] ?? 0, 'done');
    const table = { tableId: 'clean', selection, options, format: 'markdown' as const };
    const { path } = await own.lab.call('export.table', table);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('base, imported');
    expect(text).toMatch(
      /DBCNN, imported: model dbcnn \(net\.pkl\), SHA-256 [0-9a-f]{12}, not trained here/,
    );
    expect(text).toContain('a line fitted on the training images (score = 50.0 × output + 3.00)');
  });

  it.each<[string, string, RegExp]>([
    ['a trunk', 'weights trunk scnn', /a part that a model starts from/],
    ['a model the lab does not have', 'weights model maniqa', /there is no model "maniqa"/],
  ])('are refused for %s', async (_what, text, message) => {
    const own = await setting();
    const baseline = await own.add('x.pth', text);
    await expect(imported(own, { baseline })).rejects.toThrow(message);
    expect(await own.lab.call('run.list', {})).toEqual([]);
  });

  it('are refused where no file is named, or one for both twins', async () => {
    const own = await setting();
    await expect(imported(own, {})).rejects.toThrow('no weight file was named');
    const baseline = await own.add('net.pkl', 'weights model dbcnn');
    await expect(imported(own, { baseline, twin: baseline })).rejects.toThrow('for both twins');
  });
});

describe('weights written for other programs', () => {
  it('are those the run is judged by, among the exports and fetchable from a page', async () => {
    const own = await setting();
    const run = await readyRun(own);
    const args = { id: run.id, format: 'torch' as const, path: null, overwrite: false };
    const file = await own.lab.call('run.exportWeights', args);
    expect(file.fileName).toBe(`Published-${run.weightsSha256?.slice(0, 8)}.pth`);
    expect(file.path).toBe(join(own.seeded.path, 'artifacts', 'exports', file.fileName));
    // What the fake worker writes: the format, and the content of the checkpoint.
    expect(readFileSync(file.path, 'utf8')).toBe(`torch of ${run.weightsSha256}`);
    const media = await own.lab.media('export', file.mediaId ?? '');
    expect(media).toEqual({ path: file.path, contentType: 'application/octet-stream' });
  });

  it('never replace a file unless that was said', async () => {
    const own = await setting();
    const { id } = await readyRun(own);
    const path = join(own.folder, 'mine.safetensors');
    writeFileSync(path, 'precious');
    const args = { id, format: 'safetensors' as const, path };
    await expect(
      own.lab.call('run.exportWeights', { ...args, overwrite: false }),
    ).rejects.toMatchObject({ kind: 'conflict', safe: 'It was not touched.' });
    expect(readFileSync(path, 'utf8')).toBe('precious');
    await own.lab.call('run.exportWeights', { ...args, overwrite: true });
    expect(readFileSync(path, 'utf8')).toMatch(/^safetensors of /);
    // Nothing half written stays beside it.
    expect(readdirSync(own.folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('go to no file of another kind, and to no folder that is not there', async () => {
    const own = await setting();
    const { id } = await readyRun(own);
    const write = (path: string) =>
      own.lab.call('run.exportWeights', { id, format: 'torch', path, overwrite: true });
    const other = join(own.folder, '.profile');
    await expect(write(other)).rejects.toMatchObject({ kind: 'bad-input' });
    await expect(write('weights.pth')).rejects.toMatchObject({ kind: 'bad-input' });
    await expect(write(join(own.folder, 'no', 'x.pth'))).rejects.toMatchObject({
      kind: 'not-found',
    });
    expect(existsSync(other)).toBe(false);
  });
});
