import { describe, expect, it } from 'vitest';
import type { FigureOptions, Study, StudyAttack, StudyRun } from '@shared/domain/study';
import { must } from '@shared/errors';
import { figures } from '@shared/figures';
import { twinSweeps } from '@shared/study/sweeps';
import { findTable, tables } from '@shared/tables';
import { paperAttackOf, paperPlaceOf } from '@shared/tables/lib/beside-paper';
import { printTheme } from '@shared/theme';
import { optionText } from '../../helpers/option-json';
import { buildGrid } from '../../helpers/study-grid';
import { buildStudy, withRun } from '../../helpers/study';

const options: FigureOptions = { scored: 'float' };
const at = { epsilon: 0.01 };

/** The same study with twins of adversarial training in place of NT, alone or beside it. */
function adversarial(study: Study, keepNt = false): Study {
  const runs = study.runs.map((run): StudyRun => {
    const { spec, regime } = run.run;
    if (regime === 'baseline') return run;
    return { ...run, run: { ...run.run, spec: { ...spec, nt: keepNt ? spec.nt : null, at } } };
  });
  return { ...study, runs };
}

describe('what is said of an adversarially trained twin', () => {
  const study = adversarial(buildGrid(6));
  const theme = printTheme('serif', 8, 10, { width: 2340, height: 2000 });
  // A sweep over lambda has no twins without NT.
  const others = figures.filter(({ id }) => id !== 'lambda-sweep');

  it.each(others)('is +AT, not +NT, in the figure $id', (figure) => {
    const texts = [figure.caption(study, options), figure.summary(study, options)];
    texts.push(optionText(figure.toOption(study, options, theme)));
    expect(texts.join('\n').replaceAll('demo +NT', '')).not.toContain('+NT');
  });

  it.each(tables)('is +AT, not +NT, in the table $id', (table) => {
    const { caption, columns, notes } = table.toTable(study, options);
    const text = JSON.stringify([caption, columns, notes]).replaceAll('demo +NT', '');
    expect(text).not.toContain('+NT');
  });

  it('never puts it beside the twins of the paper', () => {
    const [run, twin] = buildGrid(6).runs;
    const [, alone] = adversarial(buildGrid(6)).runs;
    const [, beside] = adversarial(buildGrid(6), true).runs;
    const places = [run, twin, alone, beside].map((each) => each && paperPlaceOf(each));
    expect(places).toEqual([
      { model: 'hyperiqa', twin: false },
      { model: 'hyperiqa', twin: true },
      null,
      null,
    ]);
  });

  it('never takes it for one more value of lambda', () => {
    const grid = buildGrid(6);
    const [sweep] = twinSweeps(grid, 'lambda');
    const last = must(sweep?.twins.at(-1), 'the fixture has a sweep').run;
    const index = grid.runs.indexOf(last);
    const mixed = withRun(grid, index, {
      run: { ...last.run, spec: { ...last.run.spec, at } },
    });
    expect(twinSweeps(mixed, 'lambda')[0]?.twins).toHaveLength((sweep?.twins.length ?? 0) - 1);
  });
});

describe('the mean improvement over attacks', () => {
  const study = buildStudy({ images: 12 });
  const jpeg = { id: 'jpeg', version: 1, title: 'JPEG', params: {}, adaptive: true };
  const more = (run: StudyRun): StudyAttack[] => {
    const attack = must(run.attacks[0], 'the fixture has an attack');
    const { spec } = attack;
    // A change that no attack of the fixture comes near: in the mean it would be seen at once.
    const rows = attack.rows.map((row) => ({ ...row, attackedFloat: row.clean + 90 }));
    return [
      attack,
      { ...attack, rows, label: 'noise', spec: { ...spec, control: true } },
      { ...attack, rows, label: 'FGSM behind JPEG', spec: { ...spec, defence: jpeg } },
    ];
  };
  const both = [0, 1].reduce(
    (all, i) => withRun(all, i, { attacks: more(must(study.runs[i], 'the fixture has two runs')) }),
    study,
  );

  it('leaves out the control and what stood behind a defence, and says so', () => {
    const plain = findTable('improvement').toTable(study, options);
    const table = findTable('improvement').toTable(both, options);
    expect(table.rows).toEqual(plain.rows);
    expect(table.notes).toContain(
      'Not in the means (a control, or behind a defence): noise and FGSM behind JPEG.',
    );
  });

  it('is not set beside what the paper measured without a defence', () => {
    expect(paperAttackOf({ attackId: 'fgsm', plain: true })).toBe('fgsm');
    expect(paperAttackOf({ attackId: 'fgsm', plain: false })).toBeNull();
  });
});
