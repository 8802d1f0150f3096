import { afterAll, beforeAll, expect, it } from 'vitest';
import { forkTransport } from '../../../src/main/jobs/fork-transport';
import type { WorkerTransport } from '../../../src/main/jobs/worker-transport';
import { random } from '../../../src/shared/random';
import { bundle } from '../../../scripts/lib/bundle.mjs';
import { losses, startPair, stepsOf, storedLosses } from '../../helpers/pairs';
import { jobIn, openTestLab, seedWorkspace } from '../../helpers/workspace';

let worker: { path: string; remove: () => void };
beforeAll(async () => {
  worker = await bundle('test/fixtures/host/fake-worker-process.ts');
});
afterAll(() => worker.remove());

it('interrupts a training whose worker process is killed, and resumes it each time', async () => {
  const seeded = seedWorkspace();
  let pid = 0;
  const transport: WorkerTransport = (listeners) => {
    const connection = forkTransport(worker.path)(listeners);
    pid = connection.pid ?? 0;
    return connection;
  };
  const lab = await openTestLab({ workspaceDir: seeded.path, transport });
  const epochs = 100;
  const { baseline, twin, runIds } = await startPair(lab, seeded, epochs);
  await lab.call('job.pause', { id: twin });
  const draws = random(7, 'test/kill-worker');
  for (let kill = 1; kill <= 5; kill++) {
    await stepsOf(lab, kill * 60);
    await new Promise((resolve) => setTimeout(resolve, draws.integer(10)));
    process.kill(pid, 'SIGKILL');
    const job = await jobIn(lab, baseline, 'interrupted', 'done');
    expect(job.state).toBe('interrupted');
    expect(job.error).toMatchObject({ kind: 'worker-died' });
    const kept = await storedLosses(lab, runIds[0] ?? 0);
    expect(kept).toEqual(losses(kept.length));
    expect(kept.length).toBeGreaterThanOrEqual(kill * 60);
    await lab.call('job.resume', { id: baseline });
  }
  await jobIn(lab, baseline, 'done');
  expect(await storedLosses(lab, runIds[0] ?? 0)).toEqual(losses(epochs * 4));
  expect((await lab.call('run.get', { id: runIds[0] ?? 0 })).epochsDone).toBe(epochs);
});
