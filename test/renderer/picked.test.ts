import { describe, expect, it } from 'vitest';
import { PointIndex } from '../../src/renderer/charts/point-index';
import { picturesInRange } from '../../src/renderer/state/pick-by-range';
import { computeAgain, outdatedAttacks } from '../../src/renderer/state/outdated';
import { PictureSelection } from '../../src/renderer/state/picture-selection.svelte';
import { random } from '@shared/random';
import { buildStudy } from '../helpers/study';
import { catalogue } from './mock/catalogue';
import { MockConnection } from './mock/client';

const ids = (picked: PictureSelection) => [...picked.images];

describe('pictures that are picked out', () => {
  it('are one after a click, more with Shift, and out again with Shift', () => {
    const picked = new PictureSelection();
    picked.choose({ runId: 1, imageId: 5 });
    picked.choose({ runId: 2, imageId: 7 }, true);
    expect(ids(picked)).toEqual([5, 7]);
    expect(picked.point).toEqual({ runId: 2, imageId: 7 });
    picked.choose({ runId: 2, imageId: 7 }, true);
    expect(ids(picked)).toEqual([5]);
    expect(picked.point).toBeNull();
    picked.choose({ runId: 1, imageId: 9 });
    expect(ids(picked)).toEqual([9]);
  });

  it('are those of a brush, each once, whichever runs its points belong to', () => {
    const picked = new PictureSelection();
    picked.brush([
      { runId: 1, imageId: 3 },
      { runId: 2, imageId: 3 },
      { runId: 2, imageId: 4 },
    ]);
    expect(ids(picked)).toEqual([3, 4]);
    expect(picked.point).toEqual({ runId: 1, imageId: 3 });
    picked.brush([{ runId: 1, imageId: 8 }], true);
    expect(ids(picked)).toEqual([3, 4, 8]);
    // The picture that is looked at stays while it is selected.
    expect(picked.point?.imageId).toBe(3);
    picked.look({ runId: 1, imageId: 8 });
    expect(ids(picked)).toEqual([3, 4, 8]);
    picked.brush([]);
    expect(ids(picked)).toEqual([]);
    expect(picked.point).toBeNull();
  });
});

it('an attack is outdated while its newer version has not been run with the same settings', async () => {
  const study = buildStudy();
  const first = study.runs.flatMap(({ attacks }) => attacks)[0];
  const info = catalogue.attacks[0];
  if (!first || !info) throw new Error('the fixture has an attack');
  const newer = { ...info, id: first.spec.attackId, version: first.spec.attackVersion + 1 };
  const today = { ...catalogue, attacks: [newer] };
  const count = study.runs
    .flatMap(({ attacks }) => attacks)
    .filter(({ spec }) => spec.attackId === newer.id).length;
  expect(outdatedAttacks(study, catalogue)).toEqual([]);
  const [found] = outdatedAttacks(study, today);
  expect(found?.specs).toHaveLength(count);
  const client = new MockConnection();
  if (found) await computeAgain(client, found, today);
  expect(client.calls.map(({ method }) => method)).toEqual(found?.specs.map(() => 'attack.start'));
  const again = { ...first, spec: { ...first.spec, attackVersion: newer.version } };
  const runs = study.runs.map((run) =>
    run.attacks.includes(first) ? { ...run, attacks: [...run.attacks, again] } : run,
  );
  expect(outdatedAttacks({ ...study, runs }, today)[0]?.specs.length ?? 0).toBe(count - 1);
});

it('pictures in a range are found in any run, largest first and each once', () => {
  const study = buildStudy();
  const [run] = study.runs;
  if (!run) throw new Error('the fixture has runs');
  const options = { scored: 'float' } as const;
  const all = picturesInRange(study, options, 'mos', { from: null, to: null });
  expect(all).toHaveLength(run.images.length);
  const mos = new Map(run.images.map((image) => [image.id, image.mos]));
  const values = all.map(({ imageId }) => mos.get(imageId) ?? NaN);
  expect(values).toEqual([...values].sort((a, b) => b - a));
  const [low, high] = [values.at(-3) ?? 0, values.at(-1) ?? 0];
  expect(picturesInRange(study, options, 'mos', { from: high, to: low })).toHaveLength(3);
  for (const quantity of ['change', 'score', 'norm'] as const) {
    const found = picturesInRange(study, options, quantity, { from: 0, to: null });
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map(({ imageId }) => imageId)).size).toBe(found.length);
  }
  expect(picturesInRange(study, options, 'norm', { from: 1e12, to: null })).toEqual([]);
});

it('a brush finds what a search through every point finds', () => {
  const draw = random(11, 'test/brush');
  const points = Array.from({ length: 2_000 }, () => ({
    px: draw.uniform(0, 600),
    py: draw.uniform(0, 400),
  }));
  const index = new PointIndex(points);
  for (let i = 0; i < 50; i++) {
    const [ax, bx] = [draw.uniform(0, 600), draw.uniform(0, 600)];
    const [ay, by] = [draw.uniform(0, 400), draw.uniform(0, 400)];
    const inside = points.filter(
      ({ px, py }) =>
        px >= Math.min(ax, bx) &&
        px <= Math.max(ax, bx) &&
        py >= Math.min(ay, by) &&
        py <= Math.max(ay, by),
    );
    expect(new Set(index.within(ax, ay, bx, by))).toEqual(new Set(inside));
  }
});
