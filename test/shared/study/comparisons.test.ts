import { describe, expect, it } from 'vitest';
import type { StudyAttack } from '@shared/domain/study';
import { withCrossFlags } from '@shared/study/cross-flags';
import { shareNotes, unfairNotes } from '@shared/study/same-settings';
import { pairsOf } from '@shared/study/select';
import { buildStudy, withRun } from '../../helpers/study';

const study = buildStudy();
const [baseline, nt] = study.runs;
if (!baseline || !nt) throw new Error('the fixture has a pair');
const own = baseline.attacks[0] as StudyAttack;
const twin = nt.attacks[0] as StudyAttack;

/** The same batch with every change of score multiplied, and other settings. */
function scaled(factor: number, change: Partial<StudyAttack>, linf = 0.005): StudyAttack {
  const rows = own.rows.map((row) => ({
    ...row,
    attackedFloat: row.clean + factor * (row.attackedFloat - row.clean),
    linfFloat: linf,
  }));
  return { ...own, jobId: 99, label: 'other', rows, ...change };
}
const withParams = (params: StudyAttack['spec']['params']): Partial<StudyAttack> => ({
  spec: { ...own.spec, params: { ...own.spec.params, ...params } },
});
const codes = (...attacks: StudyAttack[]): string[][] =>
  withCrossFlags(attacks).map(({ warnings }) => warnings.map(({ code }) => code));

describe('flags over several attacks on one run', () => {
  it('name a black-box attack that does better with no larger budget', () => {
    expect(codes(own, scaled(1.2, { access: 'black-box' }))).toEqual([['black-box-stronger'], []]);
    expect(codes(own, scaled(0.9, { access: 'black-box' }))).toEqual([[], []]);
    expect(codes(own, scaled(1.2, { access: 'black-box' }, 0.02))).toEqual([[], []]);
  });

  it('name more steps or a larger epsilon that changed less, all else equal', () => {
    const more = scaled(0.8, withParams({ epsilon: 0.01 }), 0.01);
    expect(codes(own, more)).toEqual([[], ['more-does-not-help']]);
    const otherLoss = scaled(0.8, withParams({ epsilon: 0.01, loss: 'mse' }), 0.01);
    expect(codes(own, otherLoss)).toEqual([[], []]);
    expect(codes(own, scaled(1.1, withParams({ epsilon: 0.01 }), 0.01))).toEqual([[], []]);
  });

  it('name a random start that did better', () => {
    expect(codes(own, scaled(1.2, withParams({ start: 'random' })))).toEqual([
      ['random-start-stronger'],
      [],
    ]);
  });

  it('say nothing on a handful of images, or where views are set against whole pictures', () => {
    const few = { ...scaled(2, { access: 'black-box' }) };
    expect(codes(own, { ...few, rows: few.rows.slice(0, 7) })).toEqual([[], []]);
    const whole = { ...few, spec: { ...few.spec, run: { ...few.spec.run, unit: 'image' } } };
    expect(codes(own, whole)).toEqual([[], []]);
  });
});

describe('the same-settings guard', () => {
  const notes = (attacks: StudyAttack[], labels: string[]): string[] =>
    unfairNotes(pairsOf(withRun(study, 1, { attacks })), labels);

  it('has nothing to say of twins attacked alike', () => {
    expect(notes([twin], [own.label])).toEqual([]);
  });

  it('names the settings of attacks that are therefore not compared', () => {
    const other = {
      ...twin,
      label: 'FGSM, eps 0.01',
      spec: { ...twin.spec, params: { ...twin.spec.params, epsilon: 0.01 } },
    };
    expect(notes([other], [own.label, other.label])).toEqual([
      'Not compared, as the settings differ (epsilon 0.005 and 0.01): FGSM, eps 0.005 on CNNIQA and FGSM, eps 0.01 on CNNIQA +NT.',
    ]);
  });

  it('names twins attacked on different images', () => {
    const half = { ...twin, rows: twin.rows.slice(0, 30) };
    expect(notes([half], [own.label])).toEqual([
      'Not the same images under FGSM, eps 0.005: CNNIQA 60, CNNIQA +NT 30, in common 30.',
    ]);
  });

  it('names twins whose pictures were changed to a different degree, and reports the shares', () => {
    const strong = {
      ...twin,
      rows: twin.rows.map((row, i) => ({ ...row, ssim: { 'ssim-piq': i < 15 ? 0.95 : 0.8 } })),
    };
    expect(notes([strong], [own.label])).toEqual([
      'Not the same strength under FGSM, eps 0.005: ssim-piq is above 0.9 on 100 % of the images of CNNIQA and on 25.0 % of those of CNNIQA +NT.',
    ]);
    expect(shareNotes(pairsOf(study), [own.label])).toEqual([
      'Images with ssim-piq above 0.9: CNNIQA 100 %, CNNIQA +NT 100 %.',
    ]);
  });
});
