import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Lab } from '../../../src/main/lab';
import type { InitialChoice } from '../../../src/shared/domain/weights';
import type { TrainPayload } from '../../../src/shared/worker-protocol';
import { fakeWorker, type FakeWorker } from '../../helpers/fake-worker';
import { withPretrained } from '../../helpers/pretrained';
import type { Seeded } from '../../helpers/workspace';
import {
  draftOf,
  jobIn,
  openTestLab,
  seedWorkspace,
  temporaryFolder,
  trainJobs,
} from '../../helpers/workspace';

interface Setting {
  readonly lab: Lab;
  readonly fake: FakeWorker;
  readonly seeded: Seeded;
  readonly add: (name: string, text: string) => Promise<string>;
}

async function setting(stepMs = 0): Promise<Setting> {
  const seeded = seedWorkspace();
  const fake = fakeWorker({ alter: withPretrained, stepMs });
  const lab = await openTestLab({ workspaceDir: seeded.path, transport: fake.transport });
  const folder = temporaryFolder();
  const add = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    writeFileSync(path, text);
    await lab.call('weights.add', { path });
    return createHash('sha256').update(text).digest('hex');
  };
  return { lab, fake, seeded, add };
}

const start = ({ lab, seeded }: Setting, initial?: InitialChoice, modelId = 'dbcnn') =>
  lab.call('pair.create', { draft: draftOf(seeded, { modelId, initial }) });

const trained = ({ fake }: Setting): TrainPayload[] =>
  fake.started.flatMap(({ payload }) => (payload.kind === 'train' ? [payload] : []));

describe('what a run starts from', () => {
  it('is scratch without a word where the model has no published weights', async () => {
    const own = await setting();
    const { baselineRunId } = await start(own, undefined, 'toy');
    const run = await own.lab.call('run.get', { id: baselineRunId });
    expect(run.spec.initial).toEqual({ kind: 'scratch' });
  });

  it('must be said where it has, and the refusal names them and what is here', async () => {
    const own = await setting();
    await expect(start(own)).rejects.toMatchObject({
      kind: 'bad-input',
      message:
        'it was not said what DBCNN starts from; its authors start from SCNN branch (scnn) and VGG-16 branch (vgg16)',
      next: expect.stringContaining('"from scratch"') as string,
    });
    await own.add('scnn.pkl', 'weights trunk scnn');
    await expect(start(own)).rejects.toMatchObject({
      next: expect.stringContaining('scnn.pkl') as string,
    });
    expect(await own.lab.call('run.list', {})).toEqual([]);
  });

  it('is stored with both runs and given to the worker with the files of the workspace', async () => {
    const own = await setting();
    const sha256 = await own.add('scnn.pkl', 'weights trunk scnn');
    const pair = await start(own, { kind: 'weights', sha256: [sha256] });
    for (const id of await trainJobs(own.lab, pair)) await jobIn(own.lab, id, 'done');
    const label = 'trunk scnn (scnn.pkl)';
    for (const id of [pair.baselineRunId, pair.ntRunId]) {
      expect((await own.lab.call('run.get', { id })).spec.initial).toEqual({
        kind: 'weights',
        files: [{ sha256, label, kind: 'trunk', id: 'scnn' }],
      });
    }
    const given = trained(own).map(({ initial }) => initial);
    expect(given).toHaveLength(2);
    for (const [file] of given) {
      expect(file).toMatchObject({ sha256, label });
      expect(basename(file?.path ?? '')).toBe(sha256);
    }
  });

  it('is nothing where a checkpoint is continued, which holds every weight', async () => {
    const own = await setting(5);
    const sha256 = await own.add('scnn.pkl', 'weights trunk scnn');
    const pair = await start(own, { kind: 'weights', sha256: [sha256] });
    const [first] = await trainJobs(own.lab, pair);
    await new Promise<void>((resolve) => {
      const end = own.lab.on('run.epoch', () => {
        end();
        resolve();
      });
    });
    await own.lab.call('job.stop', { id: first });
    await jobIn(own.lab, first, 'interrupted');
    await own.lab.call('job.resume', { id: first });
    await jobIn(own.lab, first, 'done');
    const payloads = trained(own).filter(({ nt }) => nt === null);
    expect(payloads.map(({ initial }) => initial.length)).toEqual([1, 0]);
  });

  it.each<[string, string[], RegExp]>([
    ['a trunk of another model', ['weights trunk resnet50'], /neither DBCNN nor a part/],
    [
      'a whole model beside a trunk',
      ['weights model dbcnn', 'weights trunk scnn'],
      /is the whole of DBCNN/,
    ],
    [
      'two files for one part',
      ['weights trunk scnn', 'weights trunk scnn again'],
      /two files are given for scnn/,
    ],
  ])('is refused for %s', async (_what, texts, message) => {
    const own = await setting();
    const sha256: string[] = [];
    for (const [i, text] of texts.entries()) sha256.push(await own.add(`${i}.pth`, text));
    await expect(start(own, { kind: 'weights', sha256 })).rejects.toThrow(message);
  });

  it('is refused for a file the workspace does not have', async () => {
    const own = await setting();
    const sha256 = 'ab'.repeat(32);
    await expect(start(own, { kind: 'weights', sha256: [sha256] })).rejects.toMatchObject({
      kind: 'not-found',
    });
  });
});

describe('a weight file that a run starts from', () => {
  it('cannot be removed until the run is trained', async () => {
    const own = await setting(5);
    const sha256 = await own.add('scnn.pkl', 'weights trunk scnn');
    const pair = await start(own, { kind: 'weights', sha256: [sha256] });
    await expect(own.lab.call('weights.remove', { sha256 })).rejects.toMatchObject({
      kind: 'conflict',
      message: 'scnn.pkl cannot be removed: Toy and 1 more will start from it',
    });
    for (const id of await trainJobs(own.lab, pair)) await jobIn(own.lab, id, 'done');
    await own.lab.call('weights.remove', { sha256 });
  });

  it('can be removed once the runs that would start from it are in the bin', async () => {
    const own = await setting(50);
    const sha256 = await own.add('scnn.pkl', 'weights trunk scnn');
    const pair = await start(own, { kind: 'weights', sha256: [sha256] });
    for (const id of await trainJobs(own.lab, pair)) {
      await own.lab.call('job.cancel', { id });
      await jobIn(own.lab, id, 'cancelled');
    }
    await expect(own.lab.call('weights.remove', { sha256 })).rejects.toThrow('cannot be removed');
    for (const id of [pair.baselineRunId, pair.ntRunId]) await own.lab.call('run.delete', { id });
    await own.lab.call('weights.remove', { sha256 });
  });

  it('and has vanished fails its training by name, and the training goes on once it is back', async () => {
    const own = await setting();
    const sha256 = await own.add('scnn.pkl', 'weights trunk scnn');
    const kept = join(own.seeded.path, 'artifacts', 'weights', sha256);
    rmSync(kept);
    const pair = await start(own, { kind: 'weights', sha256: [sha256] });
    const [first] = await trainJobs(own.lab, pair);
    const failed = await jobIn(own.lab, first, 'failed');
    expect(failed.error).toMatchObject({
      kind: 'missing-file',
      message: expect.stringContaining('trunk scnn (scnn.pkl)') as string,
    });
    await own.add('scnn.pkl', 'weights trunk scnn');
    await own.lab.call('job.resume', { id: first });
    await jobIn(own.lab, first, 'done');
  });
});
