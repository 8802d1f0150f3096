import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RpcClient } from '@shared/rpc';
import { fakeWorker } from '../../helpers/fake-worker';
import { withPretrained } from '../../helpers/pretrained';
import { openTestLab, seedWorkspace, temporaryFolder } from '../../helpers/workspace';
import { runToy, toyClient } from './toy-client';

const jobsOf = async (lab: RpcClient) => await lab.call('job.list', {});

/** Waits until some job has reported progress, that is, until it is in the middle of its work. */
const working = (lab: RpcClient) =>
  new Promise<void>((resolve) => {
    const end = lab.on('job.progress', () => {
      end();
      resolve();
    });
  });

/** Waits until an attack runs. */
const attacking = (lab: RpcClient) =>
  new Promise<void>((resolve) => {
    const end = lab.on('job.changed', ({ kind, state }) => {
      if (kind !== 'attack' || state !== 'running') return;
      end();
      resolve();
    });
  });

describe('runExperiment', () => {
  it('does every step once, in the order of the method', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const { steps, result } = await runToy(toyClient(lab));
    expect(steps).toEqual([
      ['reused', 'data set Toys'],
      ['reused', 'split split'],
      ['done', 'trained Toy, seed 1'],
      ['done', 'scored the test pictures'],
      ['done', 'attacked the test pictures with Nudge'],
      ['done', 'measured gradient norms on the test pictures'],
    ]);
    const jobs = await jobsOf(lab);
    expect(jobs.map(({ kind }) => kind).sort()).toEqual(
      ['attack', 'attack', 'evaluate', 'evaluate', 'norms', 'norms', 'train', 'train'].sort(),
    );
    expect(jobs.every(({ state }) => state === 'done')).toBe(true);
    const run = await lab.call('run.get', { id: result.pairs[0]?.runIds[1] ?? 0 });
    expect(run.spec.trainer).toMatchObject({ epochs: 2, learningRate: 0.01 });
  });

  it('run again reuses everything and starts nothing', async () => {
    const seeded = seedWorkspace();
    const first = await openTestLab({ workspaceDir: seeded.path });
    await runToy(toyClient(first));
    const before = await jobsOf(first);
    await first.close();

    const worker = fakeWorker();
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const { outcomes } = await runToy(toyClient(lab));
    expect(new Set(outcomes)).toEqual(new Set(['reused']));
    expect(await jobsOf(lab)).toEqual(before);
    expect(worker.started).toEqual([]);
  });

  it('trains a pair at every value of a sweep, attacks at every value, and repeats nothing', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const plan = {
      pairs: [],
      sweeps: [{ model: 'toy', trainer: { epochs: 1 }, vary: { 'nt.lambda': '0.1..0.3:3' } }],
      attacks: [{ attack: 'nudge', vary: { epsilon: [0.01, 0.02] } }],
      norms: [],
    };
    const { steps, result } = await runToy(toyClient(lab), plan);
    expect(steps.map(([outcome]) => outcome)).toEqual([
      ...['reused', 'reused', 'done', 'done', 'done', 'done'],
    ]);
    expect(steps[2]?.[1]).toBe('trained 3 pairs, Toy, 3 values of lambda');
    expect(result.pairs.map(({ pair }) => pair?.name)).toEqual([
      'Toy, lambda 0.1',
      'Toy, lambda 0.2',
      'Toy, lambda 0.3',
    ]);
    const kinds = (await jobsOf(lab)).map(({ kind }) => kind);
    // One baseline, three twins; each scored once and attacked twice.
    expect(kinds.filter((kind) => kind === 'train')).toHaveLength(4);
    expect(kinds.filter((kind) => kind === 'attack')).toHaveLength(8);
    const again = await runToy(toyClient(lab), plan);
    expect(new Set(again.outcomes)).toEqual(new Set(['reused']));
    expect((await jobsOf(lab)).length).toBe(kinds.length);
    expect((await lab.call('group.list', {})).filter(({ kind }) => kind === 'sweep')).toHaveLength(
      1,
    );
    const wrong = { ...plan, sweeps: [{ model: 'toy', vary: { 'nt.lamda': '0.1' } }] };
    await expect(runToy(toyClient(lab), wrong)).rejects.toMatchObject({
      next: 'Did you mean "nt.lambda"?',
    });
  });

  it('adds the weight files it brings along once, and starts nothing with one that is none', async () => {
    const seeded = seedWorkspace();
    const { transport } = fakeWorker({ alter: withPretrained });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport });
    const folder = temporaryFolder();
    const [good, bad] = ['scnn.pkl', 'notes.pkl'].map((name) => join(folder, name));
    writeFileSync(good ?? '', 'weights trunk scnn');
    writeFileSync(bad ?? '', 'shopping list');
    const plan = (file?: string) => ({
      weightFiles: [file],
      pairs: [{ model: 'dbcnn', trainer: { epochs: 2 }, weights: 'scnn' }],
      attacks: [],
      norms: [],
    });
    await expect(runToy(toyClient(lab), plan(bad))).rejects.toThrow('notes.pkl cannot be used');
    expect(await jobsOf(lab)).toEqual([]);
    const { steps } = await runToy(toyClient(lab), plan(good));
    expect(steps[2]).toEqual(['done', `weight file ${good}`]);
    const again = await runToy(toyClient(lab), plan(good));
    expect(again.steps[2]).toEqual(['reused', `weight file ${good}`]);
  });

  it('takes a pair that started from other weights for another one', async () => {
    const seeded = seedWorkspace();
    const { transport } = fakeWorker({ alter: withPretrained });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport });
    const path = join(temporaryFolder(), 'scnn.pkl');
    writeFileSync(path, 'weights trunk scnn');
    await lab.call('weights.add', { path });
    const pairOf = async (weights?: string) => {
      const pairs = [{ model: 'dbcnn', trainer: { epochs: 2 }, weights }];
      return (await runToy(toyClient(lab), { pairs, attacks: [], norms: [] })).outcomes[2];
    };
    await expect(pairOf()).rejects.toThrow('it was not said what DBCNN starts from');
    expect(await pairOf('scratch')).toBe('done');
    expect(await pairOf('scnn')).toBe('done');
    expect(await pairOf('scratch')).toBe('reused');
    expect(await pairOf('scnn.pkl')).toBe('reused');
  });

  it('with another setting reuses what does not depend on it', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    await runToy(toyClient(lab));
    const attacks = [{ attack: 'nudge', params: { epsilon: 0.02 } }];
    const { outcomes } = await runToy(toyClient(lab), { attacks });
    expect(outcomes).toEqual(['reused', 'reused', 'reused', 'reused', 'done', 'reused']);
    const other = await runToy(toyClient(lab), {
      seed: 2,
      split: { method: 'random', seed: 1, testShare: 0.25, validationShare: 0.25, grouped: false },
    });
    expect(other.outcomes).toEqual(['reused', 'reused', 'done', 'done', 'done', 'done']);
  });

  it('does not take the results of another engine for those of the one it names', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    await runToy(toyClient(lab));
    expect((await runToy(toyClient(lab), { engine: 'wasm' })).outcomes[2]).toBe('reused');
    // The fake engine always says that it is wasm, so nothing stored can have been made by cpu.
    expect((await runToy(toyClient(lab), { engine: 'cpu' })).outcomes[2]).toBe('done');
  });

  it('stopped in mid-training continues the same training', async () => {
    const seeded = seedWorkspace();
    const slow = fakeWorker({ stepMs: 5 });
    const first = await openTestLab({ workspaceDir: seeded.path, transport: slow.transport });
    const controller = new AbortController();
    const stopped = runToy(toyClient(first), {}, controller.signal);
    const refusal = expect(stopped).rejects.toMatchObject({ kind: 'cancelled' });
    await working(first);
    controller.abort();
    await refusal;
    const [paused] = await jobsOf(first);
    expect(paused?.state).toBe('paused');
    await first.close();

    // As on the command line, which never starts left-over jobs by itself.
    const lab = await openTestLab({ workspaceDir: seeded.path, startLeftOver: false });
    const { outcomes } = await runToy(toyClient(lab));
    expect(outcomes).toEqual(['reused', 'reused', 'continued', 'done', 'done', 'done']);
    expect((await lab.call('pair.list', {})).length).toBe(1);
  });

  it('goes on after the worker died, when it is run again', async () => {
    const seeded = seedWorkspace();
    const worker = fakeWorker({ stepMs: 5 });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const run = runToy(toyClient(lab));
    const refusal = expect(run).rejects.toMatchObject({ kind: 'worker-died' });
    await working(lab);
    worker.die(null, 'SIGKILL');
    await refusal;
    const { outcomes } = await runToy(toyClient(lab));
    expect(outcomes[2]).toBe('continued');
    expect((await jobsOf(lab)).every(({ state }) => state === 'done')).toBe(true);
  });

  const twoAttacks = [0.01, 0.02].map((epsilon) => ({ attack: 'nudge', params: { epsilon } }));

  it('makes several attacks on the same pictures one piece of work', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const attacks = [...twoAttacks, { ...twoAttacks[0], side: 'validation' }];
    const { outcomes, result } = await runToy(toyClient(lab), { attacks, norms: [] });
    expect(outcomes.slice(4)).toEqual(['done', 'done', 'done']);
    const groups = await lab.call('group.list', {});
    // The third attack is on other pictures: a batch of its own.
    expect(groups.map(({ kind, name, members }) => [kind, name, members.length])).toEqual([
      ['attack-grid', 'Toy study, test pictures', 4],
    ]);
    const jobs = await Promise.all(
      (groups[0]?.members ?? []).map(({ jobId }) => lab.call('job.get', { id: jobId })),
    );
    const [base, twin] = result.pairs[0]?.runIds ?? [];
    expect(jobs.map(({ spec }) => spec.runId)).toEqual([base, twin, base, twin]);
    // Run again: nothing is started, and no second group is made of the same jobs.
    const again = await runToy(toyClient(lab), { attacks, norms: [] });
    expect(new Set(again.outcomes)).toEqual(new Set(['reused']));
    expect(await lab.call('group.list', {})).toEqual(groups);
  });

  it('takes the same attack planned twice for one', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const attacks = [...twoAttacks, ...twoAttacks];
    const { outcomes } = await runToy(toyClient(lab), { attacks, norms: [] });
    expect(outcomes.slice(4)).toEqual(['done', 'done', 'done', 'done']);
    expect((await jobsOf(lab)).filter(({ kind }) => kind === 'attack')).toHaveLength(4);
  });

  it('goes on with the group whose attacks were held', async () => {
    const seeded = seedWorkspace();
    const first = await openTestLab({ workspaceDir: seeded.path });
    const { result } = await runToy(toyClient(first), { attacks: [], norms: [] });
    await first.close();

    const slow = fakeWorker({ stepMs: 20 });
    const second = await openTestLab({ workspaceDir: seeded.path, transport: slow.transport });
    const running = runToy(toyClient(second), { attacks: twoAttacks, norms: [] });
    const refusal = expect(running).rejects.toMatchObject({ kind: 'cancelled' });
    await attacking(second);
    const [group] = await second.call('group.list', {});
    await second.call('group.pause', { id: group?.id ?? 0 });
    await refusal;
    await second.close();

    const lab = await openTestLab({ workspaceDir: seeded.path, startLeftOver: false });
    const { outcomes } = await runToy(toyClient(lab), { attacks: twoAttacks, norms: [] });
    expect(outcomes.slice(4)).toEqual(['continued', 'continued']);
    expect(await lab.call('group.list', {})).toHaveLength(1);
    expect(await jobsOf(lab)).toHaveLength(2 * (result.pairs[0]?.runIds.length ?? 0) + 4);
  });

  it('trains anew where the finished pair was deleted', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const { result } = await runToy(toyClient(lab));
    await lab.call('run.delete', { id: result.pairs[0]?.runIds[0] ?? 0 });
    expect((await runToy(toyClient(lab))).outcomes[2]).toBe('done');
  });

  it('names the right model, attack and setting where the file has a wrong one', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const client = toyClient(lab);
    await expect(runToy(client, { pairs: [{ model: 'tiy' }] })).rejects.toMatchObject({
      message: expect.stringContaining('"tiy"') as string,
      next: 'Did you mean "toy"?',
    });
    await expect(
      runToy(client, { pairs: [{ model: 'toy', trainer: { epoch: 2 } }] }),
    ).rejects.toMatchObject({ next: 'Did you mean "epochs"?' });
    await expect(runToy(client, { pairs: [{ model: 'toy', nt: { lambda: -1 } }] })).rejects.toThrow(
      /lambda.*at least 0/,
    );
    await expect(runToy(client, { attacks: [{ attack: 'nudges' }] })).rejects.toMatchObject({
      next: 'Did you mean "nudge"?',
    });
  });

  it('refuses a data set of the same name from elsewhere', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const dataset = { path: 'toys', name: 'Toys', mapping: { scoreMax: 5 } };
    await expect(runToy(toyClient(lab), { dataset })).rejects.toMatchObject({ kind: 'conflict' });
    const demo = { demo: { images: 20 }, name: 'Toys' };
    await expect(runToy(toyClient(lab), { dataset: demo })).rejects.toMatchObject({
      kind: 'conflict',
    });
  });
});
