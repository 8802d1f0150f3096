import { expect, it } from 'vitest';
import { fakeLoss, fakeWorker } from '../../helpers/fake-worker';
import { draftOf, jobIn, openTestLab, seedWorkspace, trainJobs } from '../../helpers/workspace';

it('trains a pair, then measures both twins, and stores what the worker computed', async () => {
  const seeded = seedWorkspace();
  const worker = fakeWorker();
  const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
  const pair = await lab.call('pair.create', { draft: draftOf(seeded) });
  const runIds = [pair.baselineRunId, pair.ntRunId];
  const side = 'test' as const;
  const { jobIds } = await lab.call('evaluate.start', { runIds, side });
  const attack = { attackId: 'nudge', params: {}, run: {}, seed: 7, limit: 3 };
  const attacks = await lab.call('attack.start', { runIds, side, ...attack });
  const norms = await lab.call('norms.start', { runIds, side, params: {}, limit: null });
  for (const id of [...jobIds, ...attacks.jobIds, ...norms.jobIds]) await jobIn(lab, id, 'done');

  const [baseline, twin] = await Promise.all(runIds.map((id) => lab.call('run.get', { id })));
  expect(baseline).toMatchObject({ state: 'done', epochsDone: 3, epochsTotal: 3, engine: 'wasm' });
  expect(twin).toMatchObject({ regime: 'nt', spec: { nt: { lambda: 0.001, h: 0.01 } } });
  const { steps, stored } = await lab.call('run.steps', {
    id: runIds[0]!,
    afterStep: 0,
    maxPoints: 100,
  });
  expect(stored).toBe(12);
  expect(steps.map((step) => step.qualityLoss)).toEqual(
    Array.from({ length: 12 }, (_, index) => fakeLoss(index + 1)),
  );
  const study = await lab.call('study.load', { runIds, side });
  expect(study.runs.map((run) => run.scores?.rows.length)).toEqual([4, 4]);
  expect(study.runs.map((run) => run.attacks[0]?.label)).toEqual(
    Array(2).fill('Nudge, epsilon 0.005, first 3 images'),
  );
  expect(study.runs.map((run) => run.attacks[0]?.rows.length)).toEqual([3, 3]);
  expect(study.runs.map((run) => run.norms?.rows.length)).toEqual([4, 4]);
  expect(await trainJobs(lab, pair)).toEqual([1, 2]);
});
