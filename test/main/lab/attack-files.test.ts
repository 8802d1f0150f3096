import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Lab } from '../../../src/main/lab';
import { withChosenFiles } from '../../../src/main/weights/find-by-name';
import type { AttackInfo } from '../../../src/shared/domain/catalogue';
import { must } from '../../../src/shared/errors';
import type { ParamValues } from '../../../src/shared/params';
import { attackRunParams } from '../../../src/worker/attacks/harness/settings';
import { fakeCatalogue } from '../../helpers/fake-catalogue';
import { fakeWorker, type FakeWorker } from '../../helpers/fake-worker';
import type { Seeded } from '../../helpers/workspace';
import {
  draftOf,
  jobIn,
  openTestLab,
  seedWorkspace,
  temporaryFolder,
} from '../../helpers/workspace';

/** Reads a pattern of the person's choice and, at one of its settings, a published trunk. */
const reader: AttackInfo = {
  ...must(fakeCatalogue.attacks[0], 'the toy attack'),
  id: 'reader',
  title: 'Reader',
  params: [
    {
      type: 'choice',
      id: 'distance',
      label: 'Distance',
      help: '-',
      level: 'paper',
      default: 'none',
      options: ['none', 'lpips'].map((value) => ({ value, label: value })),
    },
    {
      type: 'weights',
      id: 'pattern',
      label: 'Pattern',
      help: '-',
      level: 'paper',
      default: '',
      accepts: ['scnn'],
    },
  ],
  needs: [{ entry: 'vgg16', purpose: 'the distance', when: { id: 'distance', is: ['lpips'] } }],
};

const distances = must(
  attackRunParams.find(({ id }) => id === 'distances'),
  'the setting of the harness',
);

const [scnn, vgg] = ['weights trunk scnn', 'weights trunk vgg16'];
const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Setting {
  readonly lab: Lab;
  readonly fake: FakeWorker;
  readonly seeded: Seeded;
  readonly add: (name: string, text: string) => Promise<unknown>;
  readonly start: (params: ParamValues, run?: ParamValues) => Promise<{ jobIds: number[] }>;
}

async function setting(stepMs = 0): Promise<Setting> {
  const seeded = seedWorkspace();
  const fake = fakeWorker({
    stepMs,
    alter: (message) =>
      message.type === 'hello'
        ? { ...message, catalogue: { ...fakeCatalogue, attacks: [reader], attackRun: [distances] } }
        : message,
  });
  const lab = await openTestLab({ workspaceDir: seeded.path, transport: fake.transport });
  const folder = temporaryFolder();
  const { baselineRunId } = await lab.call('pair.create', { draft: draftOf(seeded) });
  return {
    lab,
    fake,
    seeded,
    add: (name, text) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return lab.call('weights.add', { path });
    },
    start: (params, run = {}) =>
      lab.call('attack.start', {
        runIds: [baselineRunId],
        side: 'test',
        attackId: 'reader',
        params,
        run,
        seed: 1,
        limit: null,
      }),
  };
}

describe('an attack that reads weight files', () => {
  it('is refused before it starts, with a sentence for each file that is missing', async () => {
    const { lab, start } = await setting();
    const call = start({ distance: 'lpips' });
    await expect(call).rejects.toMatchObject({ kind: 'bad-input', safe: 'Nothing was started.' });
    await expect(call).rejects.toThrow('Pattern: this workspace has no such file yet.');
    await expect(call).rejects.toThrow('it is needed for the distance');
    const jobs = await lab.call('job.list', {});
    expect(jobs.filter(({ kind }) => kind === 'attack')).toEqual([]);
  });

  it('asks for a choice where files fit, and for no file that its settings do not use', async () => {
    const { start, add } = await setting();
    await add('scnn.pkl', scnn);
    await expect(start({})).rejects.toThrow('Pattern: choose a file.');
    await expect(start({ pattern: sha(vgg) })).rejects.toThrow('not in this workspace');
    await expect(start({ pattern: sha(scnn) })).resolves.toHaveProperty('jobIds');
  });

  it('gets the files by need, stored with the batch by their checksums', async () => {
    const { lab, fake, start, add } = await setting();
    await add('scnn.pkl', scnn);
    await add('vgg16.pth', vgg);
    const { jobIds } = await start({ distance: 'lpips', pattern: sha(scnn) });
    const job = await jobIn(lab, must(jobIds[0], 'one job'), 'done');
    expect(job.spec).toMatchObject({
      files: [
        { need: 'pattern', sha256: sha(scnn) },
        { need: 'vgg16', sha256: sha(vgg) },
      ],
    });
    const payload = must(fake.started.at(-1), 'the batch').payload;
    if (payload.kind !== 'attack') throw new Error(`expected an attack, got ${payload.kind}`);
    expect(payload.files.map(({ need, path }) => [need, basename(path)])).toEqual([
      ['pattern', sha(scnn)],
      ['vgg16', sha(vgg)],
    ]);
  });

  it('keeps its files from being removed until it has ended', async () => {
    const { lab, start, add } = await setting(5);
    await add('scnn.pkl', scnn);
    const { jobIds } = await start({ pattern: sha(scnn) });
    const remove = () => lab.call('weights.remove', { sha256: sha(scnn) });
    await expect(remove()).rejects.toThrow(/cannot be removed: Reader on .* will read it/);
    await jobIn(lab, must(jobIds[0], 'one job'), 'done');
    await expect(remove()).resolves.toEqual({ ok: true });
  });

  it('fails with the name of a file that vanished, and says how to go on', async () => {
    const { lab, seeded, start, add } = await setting(5);
    await add('scnn.pkl', scnn);
    const { jobIds } = await start({ pattern: sha(scnn) });
    rmSync(join(seeded.path, 'artifacts', 'weights', sha(scnn)));
    const job = await jobIn(lab, must(jobIds[0], 'one job'), 'failed');
    expect(job.error).toMatchObject({ kind: 'missing-file' });
    expect(job.error?.message).toContain('scnn.pkl) that this attack reads');
  });

  it('is asked for the distances whose files are all here, and is told which are not the published ones', async () => {
    const { lab, fake, start, add } = await setting();
    await add('scnn.pkl', scnn);
    await add('vgg16.pth', vgg);
    await add('lpips-v0.1-alex.pth', 'weights distance lpips-alex');
    await add('my-dists.pt', 'weights distance dists');
    const measuresOf = async (run: ParamValues) => {
      const { jobIds } = await start({ pattern: sha(scnn) }, run);
      await jobIn(lab, must(jobIds[0], 'one job'), 'done');
      const payload = must(fake.started.at(-1), 'the batch').payload;
      return payload.kind === 'attack' ? payload.measures : [];
    };
    // LPIPS lacks a trunk or its layers; the fake files have no published checksum.
    expect(await measuresOf({})).toMatchObject([
      {
        id: 'dists',
        files: [{ need: 'vgg16' }, { need: 'dists' }],
        unpublished: ['vgg16.pth', 'my-dists.pt'],
      },
    ]);
    expect(await measuresOf({ distances: 'none' })).toEqual([]);
  });

  it('takes a file by its name, its entry or the beginning of its checksum', async () => {
    const { lab, add } = await setting();
    await add('my-pattern.pkl', scnn);
    for (const pattern of ['my-pattern.pkl', 'scnn', sha(scnn).slice(0, 8), sha(scnn)]) {
      expect(await withChosenFiles(lab, reader.params, { pattern })).toEqual({
        pattern: sha(scnn),
      });
    }
  });
});
