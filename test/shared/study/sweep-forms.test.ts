import { expect, it } from 'vitest';
import { sweepForms } from '@shared/study/sweep-forms';
import { buildStudy } from '../../helpers/study';
import { buildGrid } from '../../helpers/study-grid';

const ids = (study: Parameters<typeof sweepForms>[0]) => sweepForms(study).map(({ id }) => id);

it('shows a study in which everything varies in all its forms, the sweep of lambda first', () => {
  expect(ids(buildGrid())).toEqual(['lambda-sweep', 'step-size', 'intensity', 'attack-loss']);
});

it('shows nothing where nothing varies, and repeats where pairs are of one series', () => {
  const study = buildStudy();
  expect(ids(study)).toEqual([]);
  const [pair] = study.pairs;
  if (!pair) throw new Error('the fixture has a pair');
  const series = { id: 1, name: 'again', over: 'seeds' as const };
  const pairs = [1, 2].map((id) => ({ ...pair, id, series }));
  expect(ids({ ...study, pairs })).toEqual(['repeats']);
});
