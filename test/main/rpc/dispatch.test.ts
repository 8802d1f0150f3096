import { expect, it } from 'vitest';
import * as v from 'valibot';
import { methods } from '../../../src/shared/rpc';
import { handlers } from '../../../src/main/rpc/handlers';
import { draftOf, jobIn, openTestLab, seedWorkspace, trainJobs } from '../../helpers/workspace';

it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'job', 'job.', '', 'Job.list'])(
  'refuses the method name %j',
  async (method) => {
    const lab = await openTestLab();
    await expect(lab.dispatch(method, {})).rejects.toMatchObject({
      kind: 'bad-input',
      message: `there is no method ${JSON.stringify(method)}`,
    });
  },
);

it('suggests the method that was meant', async () => {
  const lab = await openTestLab();
  await expect(lab.dispatch('job.lists', {})).rejects.toMatchObject({
    next: 'Did you mean "job.list"?',
  });
});

it.each([
  ['job.get', {}, /id: expected/],
  ['job.get', { id: '1' }, /id: expected number, got "1"/],
  ['job.get', { id: NaN }, /id: expected number, got NaN/],
  ['job.get', null, /expected Object, got null/],
  ['job.get', undefined, /expected Object/],
  ['pair.create', { draft: { name: 1 } }, /draft\.name: expected string, got 1/],
  ['evaluate.start', { runIds: [1], side: 'all' }, /side: expected/],
])('refuses the arguments of %s(%j)', async (method, args, message) => {
  const lab = await openTestLab();
  const refused = lab.dispatch(method, args);
  await expect(refused).rejects.toMatchObject({ kind: 'bad-input' });
  await expect(refused).rejects.toThrow(message);
});

it('does not pass on arguments that the contract does not know', async () => {
  const seeded = seedWorkspace();
  const lab = await openTestLab({ workspaceDir: seeded.path });
  const draft = { ...draftOf(seeded), pairId: 99, __proto__: { polluted: true } };
  await lab.dispatch('pair.create', { draft, extra: 1 });
  expect(Object.keys({})).toEqual([]);
  expect((await lab.call('pair.list', {}))[0]?.id).toBe(1);
});

it('says that no workspace is open', async () => {
  const lab = await openTestLab();
  await expect(lab.call('run.list', {})).rejects.toMatchObject({
    kind: 'conflict',
    message: 'no workspace is open',
  });
});

it('answers nothing more once it is closed', async () => {
  const lab = await openTestLab();
  await lab.close();
  await expect(lab.call('app.info', {})).rejects.toMatchObject({ kind: 'cancelled' });
});

it('has a handler for each method of the contract and no other', () => {
  expect(Object.keys(handlers).sort()).toEqual(Object.keys(methods).sort());
});

it('answers what the contract promises', async () => {
  const seeded = seedWorkspace();
  const lab = await openTestLab({ workspaceDir: seeded.path });
  const pair = await lab.call('pair.create', { draft: draftOf(seeded) });
  const [, twin] = await trainJobs(lab, pair);
  const runIds = [pair.baselineRunId, pair.ntRunId];
  const { jobIds } = await lab.call('attack.start', {
    runIds,
    side: 'test',
    attackId: 'nudge',
    params: {},
    run: {},
    seed: 1,
    limit: null,
  });
  await jobIn(lab, jobIds[1] ?? 0, 'done');
  const id = runIds[1] ?? 0;
  const asked = {
    'app.info': {},
    'workspace.current': {},
    'workspace.recent': {},
    'files.list': { path: seeded.path },
    'dataset.list': {},
    'dataset.images': { datasetId: seeded.datasetId, offset: 2, limit: 3 },
    'dataset.report': { id: seeded.datasetId },
    'split.list': { datasetId: seeded.datasetId },
    'split.members': { id: seeded.splitId },
    'catalogue.get': {},
    'engine.info': {},
    'pair.list': {},
    'run.list': {},
    'run.get': { id },
    'run.steps': { id, afterStep: 0, maxPoints: 5 },
    'run.epochs': { id },
    'run.warnings': { id },
    'job.list': {},
    'job.get': { id: twin },
    'job.attacks': { id: jobIds[1] },
    'job.warnings': { id: twin },
    'study.load': { runIds, side: 'test' },
  } as const;
  for (const [method, args] of Object.entries(asked) as [keyof typeof asked, unknown][]) {
    const schema: v.GenericSchema = methods[method].result;
    const parsed = v.safeParse(schema, await lab.dispatch(method, args));
    expect(parsed.issues, method).toBeUndefined();
  }
});
