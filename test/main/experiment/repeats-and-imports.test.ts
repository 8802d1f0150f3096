import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeWorker } from '../../helpers/fake-worker';
import { withPretrained } from '../../helpers/pretrained';
import { openTestLab, seedWorkspace, temporaryFolder } from '../../helpers/workspace';
import { runToy, toyClient } from './toy-client';

const lean = { attacks: [], norms: [] };
const pair = { model: 'toy', trainer: { epochs: 1 } };

describe('repeats in an experiment file', () => {
  it('over seeds are one series, trained once and reused', async () => {
    const { path } = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: path });
    const plan = { ...lean, pairs: [{ ...pair, seed: 4, repeats: { count: 3 } }] };
    const { steps, result } = await runToy(toyClient(lab), plan);
    expect(steps[2]).toEqual(['done', 'trained 3 repeats of Toy']);
    expect(result.pairs).toHaveLength(3);
    const pairs = await lab.call('pair.list', {});
    expect(new Set(pairs.map(({ series }) => series?.id)).size).toBe(1);
    const runs = await Promise.all(
      result.pairs.map(({ runIds }) => lab.call('run.get', { id: runIds[0] ?? 0 })),
    );
    expect(runs.map(({ spec }) => spec.seed)).toEqual([4, 5, 6]);
    expect((await runToy(toyClient(lab), plan)).outcomes).toEqual(Array(4).fill('reused'));
  });

  it('over splits make the splits they need', async () => {
    const { path, datasetId } = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: path });
    const indexFile = join(temporaryFolder(), 'index.json');
    const positions = Array.from({ length: 16 }, (_, i) => i);
    const index = { train: positions.slice(0, 12), test: positions.slice(12) };
    writeFileSync(indexFile, JSON.stringify(index));
    const plan = {
      ...lean,
      split: { method: 'imported', indexFile, seed: 5, validationShare: 0.25 },
      pairs: [{ ...pair, repeats: { count: 2, over: 'splits' } }],
    };
    const { steps, result } = await runToy(toyClient(lab), plan);
    expect(steps.slice(1, 4)).toMatchObject([
      ['done', expect.stringContaining('repeat 1')],
      ['done', expect.stringContaining('repeat 2')],
      ['done', 'trained 2 repeats of Toy'],
    ]);
    const splits = await lab.call('split.list', { datasetId });
    expect(splits.flatMap(({ spec }) => spec.seed)).toEqual(expect.arrayContaining([5, 6]));
    expect((await runToy(toyClient(lab), plan)).outcomes).toEqual(Array(5).fill('reused'));
    const runs = await Promise.all(
      result.pairs.map(({ runIds }) => lab.call('run.get', { id: runIds[0] ?? 0 })),
    );
    expect(new Set(runs.map(({ spec }) => spec.splitId)).size).toBe(2);
  });

  it('are not taken for a pair of their own', async () => {
    const { path } = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: path });
    await runToy(toyClient(lab), { ...lean, pairs: [pair] });
    const plan = { ...lean, pairs: [{ ...pair, repeats: { count: 2 } }] };
    expect((await runToy(toyClient(lab), plan)).outcomes[2]).toBe('done');
  });

  it('are counted as one where a figure names its pair', async () => {
    const { path } = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: path });
    const client = toyClient(lab);
    const { result } = await runToy(client, {
      ...lean,
      pairs: [
        { ...pair, repeats: { count: 2 } },
        { ...pair, seed: 9 },
      ],
      figures: [{ figure: 'mos-prediction', formats: ['svg'], pair: 2 }],
    });
    expect(client.exported).toMatchObject([{ options: { pairId: result.pairs.at(-1)?.pair?.id } }]);
  });
});

describe('imports in an experiment file', () => {
  it('make runs of weight files as they are, scored beside the trained ones, and are reused', async () => {
    const { path } = seedWorkspace();
    const { transport } = fakeWorker({ alter: withPretrained });
    const lab = await openTestLab({ workspaceDir: path, transport });
    const folder = temporaryFolder();
    for (const [name, text] of [
      ['a.pkl', 'weights model dbcnn a'],
      ['b.pkl', 'weights model dbcnn b'],
    ] as const) {
      writeFileSync(join(folder, name), text);
      await lab.call('weights.add', { path: join(folder, name) });
    }
    const plan = {
      ...lean,
      pairs: [pair],
      imports: [
        { baseline: 'a.pkl', twin: 'b.pkl', name: 'As published' },
        { baseline: 'a.pkl', scale: 'fitted' },
      ],
    };
    const { steps, result } = await runToy(toyClient(lab), plan);
    expect(steps.slice(3)).toEqual([
      ['done', 'took As published as imported'],
      ['done', 'took model dbcnn as imported'],
      ['done', 'scored the test pictures'],
    ]);
    expect(result.pairs.map(({ runIds }) => runIds.length)).toEqual([2, 2, 1]);
    expect((await runToy(toyClient(lab), plan)).outcomes).toEqual(Array(6).fill('reused'));
  });
});
