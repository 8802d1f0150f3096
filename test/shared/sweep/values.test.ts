import { describe, expect, it } from 'vitest';
import { attackAt, combinations, draftAt, pointName } from '../../../src/shared/sweep/combine';
import { readValues } from '../../../src/shared/sweep/read-values';
import { rangeProblem, spread } from '../../../src/shared/sweep/spread';

const number = { type: 'number', id: 'lambda' } as const;
const integer = { type: 'integer', id: 'steps' } as const;

describe('values of a range', () => {
  it('lie in equal steps or equal ratios, both ends exactly as given', () => {
    expect(spread({ from: 0, to: 1, count: 5, scale: 'linear' })).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(spread({ from: 1e-4, to: 1e-2, count: 3, scale: 'log' })).toEqual([1e-4, 1e-3, 1e-2]);
    const third = 1 / 3;
    expect(spread({ from: third, to: 1, count: 2, scale: 'linear' })[0]).toBe(third);
  });

  it('are cut to what a person can type, and whole numbers stay whole and differ', () => {
    // 10^(1/3) = 2.154434690031884: six digits of it.
    expect(spread({ from: 1, to: 10, count: 4, scale: 'log' })[1]).toBe(2.15443);
    expect(spread({ from: 1, to: 10, count: 4, scale: 'log' }, true)).toEqual([1, 2, 5, 10]);
    expect(spread({ from: 1, to: 3, count: 9, scale: 'linear' }, true)).toEqual([1, 2, 3]);
  });

  it('need two different ends, and ends above 0 for equal ratios', () => {
    const range = { from: 0, to: 1, count: 3, scale: 'linear' } as const;
    expect(rangeProblem(range)).toBeNull();
    expect(rangeProblem({ ...range, scale: 'log' })).toContain('above 0');
    expect(rangeProblem({ ...range, to: 0 })).toContain('differ');
    expect(rangeProblem({ ...range, count: 1 })).toContain('2 to 100');
    expect(rangeProblem({ ...range, to: NaN })).toContain('last value');
  });
});

describe('values as a person writes them', () => {
  it('are lists, fractions and ranges, each value once', () => {
    expect(readValues('0, 0.0001, 1e-4', number)).toEqual([0, 0.0001]);
    expect(readValues('1/255,2/255', number)).toEqual([1 / 255, 2 / 255]);
    expect(readValues('1..5', integer)).toEqual([1, 2, 3, 4, 5]);
    expect(readValues('5..1', integer)).toEqual([5, 4, 3, 2, 1]);
    expect(readValues('0, 0.0001..0.01:3:log', number)).toEqual([0, 0.0001, 0.001, 0.01]);
    expect(readValues('0..1:3', number)).toEqual([0, 0.5, 1]);
    expect(readValues('mae, mid', { type: 'choice', id: 'loss' })).toEqual(['mae', 'mid']);
    expect(readValues('yes,false', { type: 'boolean', id: 'x' })).toEqual([true, false]);
  });

  it.each([
    ['', 'no value'],
    ['0.1..0.5', 'how many values'],
    ['0..1:3:log', 'above 0'],
    ['a..b', 'not a range'],
    ['0,5;1', 'not a number'],
    ['1/0', 'not a number'],
  ])('are refused with the reason: "%s"', (text, reason) => {
    expect(() => readValues(text, number)).toThrow(reason);
  });
});

describe('combinations', () => {
  const axes = [
    { setting: 'nt.lambda', values: [0.1, 0.2] },
    { setting: 'seed', values: [1, 2, 3] },
  ];

  it('are all of them, the last axis running fastest, and named after their values', () => {
    const points = combinations(axes);
    expect(points.map(pointName)).toEqual([
      'lambda 0.1, seed 1',
      'lambda 0.1, seed 2',
      'lambda 0.1, seed 3',
      'lambda 0.2, seed 1',
      'lambda 0.2, seed 2',
      'lambda 0.2, seed 3',
    ]);
    expect(combinations([])).toEqual([[]]);
  });

  it('are refused where a setting is varied twice or there are too many', () => {
    expect(() => combinations([...axes, ...axes])).toThrow('nt.lambda is varied twice');
    const many = Array.from({ length: 30 }, (_, i) => i);
    const wide = ['nt.lambda', 'nt.h'].map((setting) => ({ setting, values: many }));
    expect(() => combinations(wide)).toThrow('900 combinations');
  });

  it('change the setting they name and nothing else', () => {
    const draft = {
      name: 'Toy',
      datasetId: 1,
      splitId: 1,
      modelId: 'toy',
      modelParams: { width: 8 },
      trainer: { epochs: 3 },
      nt: { lambda: 0, h: 0.01 },
      seed: 1,
    };
    const [point] = combinations([
      { setting: 'nt.lambda', values: [0.5] },
      { setting: 'seed', values: [4] },
      { setting: 'model.width', values: [16] },
    ]);
    expect(draftAt(draft, point ?? [])).toEqual({
      ...draft,
      name: 'Toy, lambda 0.5, seed 4, width 16',
      nt: { lambda: 0.5, h: 0.01 },
      modelParams: { width: 16 },
      seed: 4,
    });
    expect(() => draftAt(draft, [{ setting: 'lamda', value: 1 }])).toThrow('"lamda"');
    const attack = { attackId: 'i-fgsm', params: { epsilon: 0.1 }, run: {}, seed: 1 };
    expect(
      attackAt(attack, [
        { setting: 'epsilon', value: 0.2 },
        { setting: 'run.unit', value: 'image' },
        { setting: 'seed', value: 9 },
      ]),
    ).toEqual({ attackId: 'i-fgsm', params: { epsilon: 0.2 }, run: { unit: 'image' }, seed: 9 });
  });
});
