import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FitPayload } from '../../../src/shared/worker-protocol';
import { fakeWorker, type FakeWorker } from '../../helpers/fake-worker';
import { startPair } from '../../helpers/pairs';
import { jobIn, openTestLab, seedWorkspace } from '../../helpers/workspace';

const asked = { side: 'train' as const, params: {}, seed: 7, limit: null };

const payloads = (worker: FakeWorker): FitPayload[] =>
  worker.started.flatMap(({ payload }) => (payload.kind === 'fit' ? [payload] : []));

describe('a fit', () => {
  it('waits for its model, and its file is in the inventory with where it came from', async () => {
    const seeded = seedWorkspace();
    const worker = fakeWorker();
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const { runIds, baseline } = await startPair(lab, seeded, 1);
    const request = { ...asked, runIds: runIds.slice(0, 1), fitId: 'stripes' };
    const { jobIds } = await lab.call('fit.start', request);
    const job = await jobIn(lab, jobIds[0] ?? 0, 'done');
    expect((await lab.call('job.get', { id: baseline })).state).toBe('done');
    expect(job.title).toMatch(/^Stripes on /);
    const [result] = await lab.call('fit.results', {});
    expect(result?.jobId).toBe(job.id);
    const { weights } = result ?? {};
    const path = join(seeded.path, 'artifacts', 'weights', weights?.sha256 ?? '');
    const run = await lab.call('run.get', { id: runIds[0] ?? 0 });
    // The fake worker writes what it was told of the fit's origin.
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      params: { width: 2 },
      provenance: {
        fit: 'stripes',
        fit_version: '1',
        settings: '{"width":2}',
        seed: '7',
        dataset: 'Toys',
        dataset_hash: 'data set hash',
        split: 'split',
        split_hash: 'split hash',
        side: 'train',
        limit: 'all',
        run: run.name,
        run_weights_sha256: run.weightsSha256,
      },
    });
    const { others } = await lab.call('weights.list', {});
    expect(others).toEqual([weights]);
    expect(payloads(worker)[0]?.images).toHaveLength(8);
  });

  it('on pictures and ratings alone does not wait for the training', async () => {
    const seeded = seedWorkspace();
    const worker = fakeWorker({ stepMs: 1 });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const { runIds, baseline, twin } = await startPair(lab, seeded, 1000);
    await lab.call('job.cancel', { id: baseline });
    await lab.call('job.cancel', { id: twin });
    await jobIn(lab, baseline, 'cancelled');
    const request = { ...asked, runIds: runIds.slice(0, 1), fitId: 'stand-in', limit: 3 };
    await expect(lab.call('fit.start', { ...request, fitId: 'stripes' })).rejects.toThrow(
      /training of .* is cancelled/,
    );
    const { jobIds } = await lab.call('fit.start', request);
    await jobIn(lab, jobIds[0] ?? 0, 'done');
    expect(payloads(worker)[0]).toMatchObject({ checkpoint: null, resume: false });
    expect(payloads(worker)[0]?.images).toHaveLength(3);
  });

  it('that was interrupted says where it stands and continues from its position', async () => {
    const seeded = seedWorkspace(400);
    const worker = fakeWorker({ stepMs: 2 });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const { runIds, twin } = await startPair(lab, seeded, 1);
    await jobIn(lab, twin, 'done');
    const request = { ...asked, runIds: runIds.slice(0, 1), fitId: 'stripes' };
    const { jobIds } = await lab.call('fit.start', request);
    const id = jobIds[0] ?? 0;
    await new Promise<void>((resolve) => {
      const end = lab.on('job.progress', ({ progress }) => {
        if (progress.done < 3 || progress.unit !== 'steps') return;
        end();
        resolve();
      });
    });
    worker.die(1, null);
    const stopped = await jobIn(lab, id, 'interrupted');
    expect(stopped.note).toMatch(/at step \d+ of 200\. Resume continues from its last saved/);
    expect(await lab.call('fit.results', {})).toEqual([]);
    await lab.call('job.resume', { id });
    await jobIn(lab, id, 'done');
    const [first, second] = payloads(worker);
    expect([first?.resume, second?.resume]).toEqual([false, true]);
    expect(existsSync(second?.positionPath ?? '')).toBe(false);
    expect(await lab.call('fit.results', {})).toHaveLength(1);
  });

  it('of a name that does not exist is answered with the nearest one', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const { runIds } = await startPair(lab, seeded, 1);
    const request = { ...asked, runIds: [...runIds], fitId: 'stripe' };
    await expect(lab.call('fit.start', request)).rejects.toMatchObject({
      kind: 'not-found',
      next: 'Did you mean "stripes"?',
    });
  });
});
