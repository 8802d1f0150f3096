import type { AttackChoice } from '../domain/group';
import type { SweepAxis } from '../domain/sweep';
import { LabError } from '../errors';
import { words, type ParamValue } from '../params';
import type { PairDraft } from '../rpc-values';

/** One combination: a value for every axis, in the order of the axes. */
export type Point = readonly { readonly setting: string; readonly value: ParamValue }[];

/** More children than anybody means to start at once. */
export const mostChildren = 500;

/**
 * Every combination of the axes' values, the last axis running fastest. Without an axis there is
 * one, the empty one.
 * @throws LabError `bad-input` for an axis named twice or more combinations than `mostChildren`
 */
export function combinations(axes: readonly SweepAxis[]): Point[] {
  const settings = axes.map(({ setting }) => setting);
  const twice = settings.find((setting, i) => settings.indexOf(setting) !== i);
  if (twice !== undefined) throw bad(`${twice} is varied twice`, 'Vary every setting once.');
  const count = axes.reduce((product, { values }) => product * new Set(values).size, 1);
  if (count > mostChildren) {
    throw bad(
      `the sweep has ${count} combinations; at most ${mostChildren} can be started at once`,
      'Take fewer values.',
    );
  }
  return axes.reduce<Point[]>(
    (points, { setting, values }) =>
      points.flatMap((point) =>
        [...new Set(values)].map((value) => [...point, { setting, value }]),
      ),
    [[]],
  );
}

/** Lists of settings of a pair, by the word before the dot in an axis' name. */
const lists = { nt: 'nt', at: 'at', trainer: 'trainer', model: 'modelParams' } as const;

/**
 * The draft of a pair at one combination, named after it.
 * @throws LabError `bad-input` for a setting that is none of a pair's
 */
export function draftAt(draft: PairDraft, point: Point): PairDraft {
  const changed = point.reduce<PairDraft>((at, { setting, value }) => {
    if (setting === 'seed' && typeof value === 'number') return { ...at, seed: value };
    const [list = '', id = ''] = setting.split('.');
    const field = Object.entries(lists).find(([word]) => word === list)?.[1];
    if (field === undefined || id === '') {
      throw bad(
        `a sweep of pairs cannot vary "${setting}"`,
        'Vary seed, nt.lambda, nt.h, or another setting written LIST.NAME with nt, at, trainer or model.',
      );
    }
    return { ...at, [field]: { ...at[field], [id]: value } };
  }, draft);
  return { ...changed, name: [draft.name, pointName(point)].filter(Boolean).join(', ') };
}

/**
 * An attack at one combination.
 * @param point settings of the attack, `run.NAME` for those that all attacks share, or `seed`
 */
export function attackAt(choice: AttackChoice, point: Point): AttackChoice {
  return point.reduce<AttackChoice>((at, { setting, value }) => {
    if (setting === 'seed' && typeof value === 'number') return { ...at, seed: value };
    const shared = /^run\.(.+)$/.exec(setting)?.[1];
    if (shared !== undefined) return { ...at, run: { ...at.run, [shared]: value } };
    return { ...at, params: { ...at.params, [setting]: value } };
  }, choice);
}

/** "lambda 0.001, seed 2" */
export function pointName(point: Point): string {
  return point
    .map(({ setting, value }) => `${words(setting.split('.').at(-1) ?? setting)} ${text(value)}`)
    .join(', ');
}

/** "5 values of lambda, 3 of seed" */
export function axesName(axes: readonly SweepAxis[]): string {
  return axes
    .map(({ setting, values }, i) => {
      const name = words(setting.split('.').at(-1) ?? setting);
      return `${values.length} ${i === 0 ? 'values of' : 'of'} ${name}`;
    })
    .join(', ');
}

function text(value: ParamValue): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value);
}

function bad(message: string, next: string): LabError {
  return new LabError({ kind: 'bad-input', message, safe: 'Nothing was started.', next });
}
