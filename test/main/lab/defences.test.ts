import { describe, expect, it } from 'vitest';
import type { Lab } from '../../../src/main/lab';
import { fakeWorker } from '../../helpers/fake-worker';
import { startPair } from '../../helpers/pairs';
import { draftOf, jobIn, openTestLab, seedWorkspace, trainJobs } from '../../helpers/workspace';
import { runToy, toyClient } from '../experiment/toy-client';

const side = 'test' as const;
const nudge = { attackId: 'nudge', params: {}, run: {}, seed: 7, limit: null };
const veil = { defenceId: 'veil', params: { quality: 70 } };

async function finished(lab: Lab, start: Promise<{ jobIds: number[] }>): Promise<number> {
  const { jobIds } = await start;
  for (const id of jobIds) await jobIn(lab, id, 'done');
  return jobIds[0] ?? 0;
}

describe('scores and attacks behind a defence', () => {
  it('are stored, labelled and kept apart from those of the bare model', async () => {
    const seeded = seedWorkspace();
    const worker = fakeWorker();
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const { runIds } = await startPair(lab, seeded);
    const [id = 0] = runIds;
    const one = { runIds: [id], side };
    await finished(lab, lab.call('evaluate.start', one));
    const behind = { ...veil, on: 'picture' as const };
    await finished(lab, lab.call('evaluate.start', { ...one, defence: behind, limit: 2 }));
    for (const adaptive of [true, false]) {
      const defence = { ...veil, adaptive };
      await finished(lab, lab.call('attack.start', { ...one, ...nudge, defence }));
    }
    await finished(lab, lab.call('attack.start', { ...one, ...nudge }));

    const study = await lab.call('study.load', { runIds: [id], side });
    const [run] = study.runs;
    expect(run?.scores?.rows).toHaveLength(4);
    expect(run?.defended).toMatchObject([{ label: 'Veil, quality 70' }]);
    expect(run?.defended?.[0]?.rows).toHaveLength(2);
    expect(run?.attacks.map(({ label }) => label)).toEqual([
      'Nudge, epsilon 0.005, behind Veil, quality 70 (adaptive)',
      'Nudge, epsilon 0.005, behind Veil, quality 70 (non-adaptive)',
      'Nudge, epsilon 0.005',
    ]);
    // The worker is told of the defence with everything that belongs to it.
    const told = worker.started.map(({ payload }) =>
      'defence' in payload ? payload.defence : null,
    );
    const complete = { id: 'veil', version: 1, title: 'Veil', params: { quality: 70 } };
    expect(told.slice(-5)).toEqual([
      null,
      { ...complete, on: 'picture' },
      { ...complete, adaptive: true },
      { ...complete, adaptive: false },
      null,
    ]);
  });

  it('refuse a defence that does not exist, and settings outside their range', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const { runIds } = await startPair(lab, seeded);
    const start = (defenceId: string, params: Record<string, number>) =>
      lab.call('attack.start', {
        runIds,
        side,
        ...nudge,
        defence: { defenceId, params, adaptive: true },
      });
    await expect(start('veill', {})).rejects.toMatchObject({ next: 'Did you mean "veil"?' });
    await expect(start('veil', { quality: -1 })).rejects.toThrow(/quality.*at least 0/);
  });

  it('are steps of an experiment, which reuses them', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const changes = {
      defences: [{ defence: 'veil', limit: 2 }],
      attacks: [{ attack: 'nudge', defence: { defence: 'veil', adaptive: false } }],
      norms: [],
    };
    const first = await runToy(toyClient(lab), changes);
    expect(first.steps.slice(-2)).toEqual([
      ['done', 'scored the test pictures behind Veil'],
      ['done', 'attacked the test pictures with Nudge behind veil'],
    ]);
    const again = await runToy(toyClient(lab), changes);
    expect(new Set(again.outcomes)).toEqual(new Set(['reused']));
  });
});

describe('a twin with adversarial training', () => {
  it.each([
    ['at', 'Toy +AT', null, { epsilon: 0.015 }],
    ['nt+at', 'Toy +NT+AT', { lambda: 0.001, h: 0.01 }, { epsilon: 0.015 }],
    ['nt', 'Toy +NT', { lambda: 0.001, h: 0.01 }, undefined],
  ] as const)('(%s) is named and stored by what it adds', async (twin, name, nt, at) => {
    const seeded = seedWorkspace();
    const worker = fakeWorker();
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const pair = await lab.call('pair.create', { draft: draftOf(seeded, { twin }) });
    await jobIn(lab, (await trainJobs(lab, pair))[1], 'done');
    const run = await lab.call('run.get', { id: pair.ntRunId });
    expect(run.name).toBe(name);
    expect([run.spec.nt, run.spec.at]).toEqual([nt, at]);
    const payload = worker.started.at(-1)?.payload;
    expect(payload?.kind === 'train' ? payload.at : 'no training').toEqual(at);
  });

  it('shares its baseline with the twin that has NT', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const { runIds } = await startPair(lab, seeded);
    const other = await lab.call('pair.create', { draft: draftOf(seeded, { twin: 'at' }) });
    expect(other.baselineRunId).toBe(runIds[0]);
  });

  it('is what an experiment asks for', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const pairs = [{ model: 'toy', trainer: { epochs: 2 }, twin: 'at', at: { epsilon: 0.01 } }];
    const changes = { pairs, attacks: [], norms: [] };
    const { result } = await runToy(toyClient(lab), changes);
    const run = await lab.call('run.get', { id: result.pairs[0]?.runIds[1] ?? 0 });
    expect([run.spec.nt, run.spec.at]).toEqual([null, { epsilon: 0.01 }]);
    const again = await runToy(toyClient(lab), changes);
    expect(new Set(again.outcomes)).toEqual(new Set(['reused']));
  });
});
