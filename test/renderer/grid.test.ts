import { describe, expect, it } from 'vitest';
import { defaultValues } from '@shared/params';
import { GridDraft } from '../../src/renderer/state/grid-draft.svelte';
import { planText } from '../../src/renderer/state/plan-text';
import { warningHelp } from '../../src/renderer/state/warning-help';
import { catalogue } from './mock/catalogue';

const { attacks, attackRun } = catalogue;
const [first] = attacks;
if (!first) throw new Error('the made-up catalogue has an attack');

function draft(): GridDraft {
  const made = new GridDraft();
  made.runIds = [1, 2];
  return made;
}

describe('the form of new attacks', () => {
  it('needs an attack, and a run', () => {
    expect(draft().gridProblem(attacks, attackRun, [])).toBe('Choose at least one attack.');
    const noRun = new GridDraft();
    noRun.toggleAttack(first.id);
    expect(noRun.gridProblem(attacks, attackRun, [])).toBe('Choose at least one trained run.');
  });

  it('takes one attack in with several settings, and out with all of them', () => {
    const made = draft();
    made.toggleAttack(first.id);
    made.add(first.id, { epsilon: 0.01 });
    const [one, other] = made.request(attacks, attackRun).attacks;
    expect(one?.params).toEqual(defaultValues(first.params, {}));
    expect(other?.params['epsilon']).toBe(0.01);
    expect(one).not.toHaveProperty('traces');
    made.traces = 4;
    expect(made.request(attacks, attackRun).attacks[0]?.traces).toBe(4);
    made.toggleAttack(first.id);
    expect(made.entries).toEqual([]);
  });

  it('drops an answer to an older question', async () => {
    const made = draft();
    made.toggleAttack(first.id);
    const answers: ((plan: { cells: [] }) => void)[] = [];
    const call = () => new Promise((resolve) => answers.push(resolve));
    const request = made.request(attacks, attackRun);
    const older = made.ask({ call } as never, request);
    const newer = made.ask({ call } as never, request);
    answers[1]?.({ cells: [] });
    await newer;
    const plan = made.plan;
    answers[0]?.({ cells: [] });
    await older;
    expect(made.plan).toBe(plan);
  });
});

describe('the size of a grid', () => {
  const cell = { runId: 1, attack: 0, label: 'FGSM', images: 232, done: 0, jobId: null };

  it('counts what is left to do and says what the time does not cover', () => {
    const cells = [
      { ...cell, estimateMs: 60_000 },
      { ...cell, done: 232, estimateMs: 0 },
      { ...cell, estimateMs: null },
    ];
    expect(planText({ cells })).toBe(
      '3 cells, 464 pictures to attack, 232 done before; about 1 min 00 s and 1 cell whose attack was never run on that model here.',
    );
  });

  it('admits that it knows nothing', () => {
    expect(planText({ cells: [{ ...cell, estimateMs: null }] })).toContain('not known');
  });
});

describe('the explanation of a warning', () => {
  it('is what the documentation says', () => {
    const help = warningHelp('black-box-stronger');
    expect(help.map(({ label }) => label)).toEqual(['Raised if', 'Meaning', 'What to do']);
    expect(help[0]?.text).toMatch(/^an attack that sees only scores/);
    expect(warningHelp('no-such-code')).toEqual([]);
  });
});
