import { describe, expect, it } from 'vitest';
import { draftOf, openTestLab, seedWorkspace } from '../../helpers/workspace';

describe('repeats of a pair', () => {
  it('over seeds are pairs of one series, each with its own seed and equal in everything else', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const draft = draftOf(seeded);
    const pairs = await lab.call('pair.createRepeats', {
      draft,
      repeats: { over: 'seeds', count: 3 },
    });
    expect(new Set(pairs.map((pair) => pair.series?.id)).size).toBe(1);
    expect(pairs[0]?.series).toMatchObject({ name: draft.name, over: 'seeds' });
    const runs = await Promise.all(
      pairs.map((pair) => lab.call('run.get', { id: pair.baselineRunId })),
    );
    expect(runs.map((run) => run.spec.seed)).toEqual([0, 1, 2].map((i) => draft.seed + i));
    expect(runs[2]?.spec).toEqual({ ...runs[0]?.spec, seed: draft.seed + 2 });
    expect(pairs[1]?.name).toBe(`${draft.name}, seed ${draft.seed + 1}`);
    const jobs = await lab.call('job.list', {});
    expect(jobs).toHaveLength(6);
    // A pair that is no repeat has no series.
    const alone = await lab.call('pair.create', { draft });
    expect(alone.series).toBeUndefined();
    const listed = await lab.call('pair.list', {});
    expect(listed.map((pair) => pair.series?.id)).toEqual([
      undefined,
      ...pairs.map((pair) => pair.series?.id),
    ]);
  });

  it('over splits keep the seed', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const { datasetId } = seeded;
    // Positions in a data set of 16 pictures.
    const positions = Array.from({ length: 16 }, (_, i) => i);
    const [train, test] = [positions.slice(0, 12), positions.slice(12)];
    const splits = await lab.call('split.create', {
      datasetId,
      name: 'again',
      spec: { method: 'imported', train, test, source: 'a test', seed: 1, validationShare: 0.3 },
      repeats: 2,
    });
    const pairs = await lab.call('pair.createRepeats', {
      draft: draftOf(seeded),
      repeats: { over: 'splits', splitIds: splits.map(({ id }) => id) },
    });
    const runs = await Promise.all(pairs.map((pair) => lab.call('run.get', { id: pair.ntRunId })));
    expect(runs.map((run) => run.spec.splitId)).toEqual(splits.map(({ id }) => id));
    expect(new Set(runs.map((run) => run.spec.seed)).size).toBe(1);
    const after = await lab.call('split.list', { datasetId });
    expect(after.filter(({ name }) => name.startsWith('again')).every(({ locked }) => locked)).toBe(
      true,
    );
  });

  it('are all refused where one is: nothing is stored', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const draft = draftOf(seeded);
    const { splitId } = seeded;
    await expect(
      lab.call('pair.createRepeats', {
        draft,
        repeats: { over: 'splits', splitIds: [splitId, 99] },
      }),
    ).rejects.toMatchObject({ kind: 'not-found' });
    await expect(
      lab.call('pair.createRepeats', {
        draft,
        repeats: { over: 'splits', splitIds: [splitId, splitId] },
      }),
    ).rejects.toMatchObject({ kind: 'bad-input' });
    expect(await lab.call('pair.list', {})).toEqual([]);
    expect(await lab.call('job.list', {})).toEqual([]);
  });
});
