import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ParamSpec } from '../../../src/shared/params';
import { fakeCatalogue } from '../../helpers/fake-catalogue';
import { fakeWorker, type FakeWorkerOptions } from '../../helpers/fake-worker';
import { withPretrained } from '../../helpers/pretrained';
import { draftOf, openTestLab, seedWorkspace } from '../../helpers/workspace';

const batchSize: ParamSpec = {
  type: 'integer',
  id: 'batchSize',
  label: 'Views per step',
  help: '',
  level: 'paper',
  default: 4,
};
const recompute: ParamSpec = {
  type: 'boolean',
  id: 'recompute',
  label: 'Compute activations twice',
  help: '',
  level: 'expert',
  default: false,
};

/** The toy with the two settings that trade memory. */
const withBatch: FakeWorkerOptions['alter'] = (message) => {
  if (message.type !== 'hello') return message;
  const models = fakeCatalogue.models.map((toy) => ({
    ...toy,
    trainer: [...toy.trainer, batchSize, recompute],
  }));
  return { ...message, catalogue: { ...fakeCatalogue, models } };
};

async function setting(availableGb: number, alter = withBatch) {
  const seeded = seedWorkspace();
  const fake = fakeWorker({ alter });
  const lab = await openTestLab({
    workspaceDir: seeded.path,
    transport: fake.transport,
    availableBytes: () => availableGb * 1e9,
  });
  const check = (changes = {}, repeats = 1) =>
    lab.call('pair.check', { draft: draftOf(seeded, changes), repeats });
  return { lab, fake, seeded, check };
}

describe('the check before a training', () => {
  it('tells time, memory and disk of both twins from measured steps, and stores nothing', async () => {
    const { lab, check } = await setting(11);
    const found = await check({}, 3);
    expect(found.ok).toBe(true);
    // The fake worker's numbers: 4 views need 4 GB, 8 GB with NT.
    expect(found.measured).toMatchObject({ peakBytes: 8e9, availableBytes: 11e9 });
    // Opening 8 + 4 pictures at 2 ms; 3 repeats of 2 epochs of 5 steps at 10 and 20 ms and 4 scores of 1 ms.
    const once = 2 * (5 * 10 + 4) + 2 * (5 * 20 + 4);
    expect(found.measured?.totalMs).toBe(12 * 2 + 3 * once);
    // Three checkpoints of 1 MB for each of six runs, and the reserve of 200 MB.
    expect(found.measured?.diskBytes).toBe(200e6 + 18e6);
    expect(found.offers).toEqual([]);
    expect(await lab.call('run.list', {})).toEqual([]);
    expect(await lab.call('job.list', {})).toEqual([]);
  });

  it('where memory is short, offers recomputation with its measured numbers', async () => {
    const { check, fake } = await setting(3);
    const found = await check();
    expect(found.ok).toBe(false);
    expect(found.findings.at(-1)).toMatchObject({
      kind: 'stop',
      error: { message: 'a step needs 8.0 GB of memory, 3.0 GB are free' },
    });
    expect(found.offers).toMatchObject([
      { trainer: { recompute: true }, peakBytes: 2e9, fits: true },
    ]);
    // A process of its own for each measurement: the first for the catalogue, then two trials.
    expect(fake.spawned).toBe(3);
  });

  it('and where that is not enough, a smaller batch, which it says is another training', async () => {
    const { check } = await setting(1.2);
    const { offers } = await check();
    expect(offers).toMatchObject([
      { trainer: { recompute: true }, peakBytes: 2e9, fits: false },
      {
        trainer: { recompute: true, batchSize: 2 },
        peakBytes: 1e9,
        fits: true,
        consequence: expect.stringContaining('no longer that of the preset') as string,
      },
    ]);
  });

  it('says what is refused before anything is measured', async () => {
    const { check, fake } = await setting(11, withPretrained);
    const unsaid = await check({ modelId: 'dbcnn' });
    expect(unsaid).toMatchObject({ ok: false, measured: null });
    expect(unsaid.findings[0]?.error.message).toContain('it was not said what DBCNN starts from');
    expect(fake.started).toEqual([]);
    const scratch = await check({ modelId: 'dbcnn', initial: { kind: 'scratch' } });
    expect(scratch.findings.map(({ kind, error }) => [kind, error.message])).toEqual([
      [
        'note',
        'SCNN branch starts from scratch although its authors start from SCNN, the synthetic-distortion branch of DBCNN',
      ],
      [
        'note',
        'VGG-16 branch starts from scratch although its authors start from VGG-16 trained on ImageNet',
      ],
    ]);
  });

  it('names pictures that are not there any more', async () => {
    const { seeded, check } = await setting(11);
    rmSync(join(seeded.path, '..', 'pictures', '0.png'));
    const found = await check();
    expect(found).toMatchObject({ ok: false, measured: null });
    expect(found.findings[0]?.error).toMatchObject({ kind: 'missing-file' });
  });

  it('tells that the disk is too small for the checkpoints', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({
      workspaceDir: seeded.path,
      transport: fakeWorker({ alter: withBatch }).transport,
      availableBytes: () => 64e9,
      freeBytes: () => Promise.resolve(201e6),
    });
    const found = await lab.call('pair.check', { draft: draftOf(seeded), repeats: 1 });
    expect(found.findings).toMatchObject([{ kind: 'stop', error: { kind: 'disk-full' } }]);
  });
});
