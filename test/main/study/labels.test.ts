import { expect, it } from 'vitest';
import type { StudyAttack } from '@shared/domain/study';
import { distinctLabels } from '../../../src/main/study/labels';
import { buildStudy } from '../../helpers/study';

const [attack] = buildStudy().runs[0]?.attacks ?? [];
if (!attack) throw new Error('the fixture has an attack');
const first: StudyAttack = attack;

function batch(change: Partial<StudyAttack['spec']>): StudyAttack {
  return structuredClone({ ...first, label: 'FGSM', spec: { ...first.spec, ...change } });
}
const labels = (...attacks: StudyAttack[]): string[] => {
  distinctLabels(attacks);
  return attacks.map(({ label }) => label);
};
const { params, run } = first.spec;

it('labels name the settings that differ, and only those', () => {
  expect(labels(batch({}), batch({ params: { ...params, epsilon: 0.02 } }))).toEqual([
    `FGSM, epsilon ${params['epsilon']}`,
    'FGSM, epsilon 0.02',
  ]);
  expect(labels(batch({}), batch({ run: { ...run, unit: 'image' } }))).toEqual([
    `FGSM, unit ${run['unit']}`,
    'FGSM, unit image',
  ]);
});

it('one label stays where only what was kept or measured besides differs, or was not a setting yet', () => {
  const before = { ...run };
  delete before['distances'];
  const kept = batch({ run: { ...run, keepImages: 'none', distances: 'none', viewsAtOnce: 8 } });
  expect(labels(batch({}), kept, batch({ run: before }))).toEqual(['FGSM', 'FGSM', 'FGSM']);
});
