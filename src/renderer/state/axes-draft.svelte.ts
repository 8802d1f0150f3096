import type { SweepAxis } from '@shared/domain/sweep';
import { LabError } from '@shared/errors';
import type { ParamSpec, ParamValue } from '@shared/params';
import { mostChildren } from '@shared/sweep/combine';
import { readValues } from '@shared/sweep/read-values';
import { rangeProblem, spread, type Scale } from '@shared/sweep/spread';
import { fieldError, parseNumber } from './param-form';

/** A setting that can be varied. */
export interface AxisOption {
  /** As a sweep names it: `nt.lambda`, `seed`, or an attack's own `epsilon`. */
  readonly setting: string;
  readonly spec: ParamSpec;
  /** Heading in the list of settings. */
  readonly group: string;
}

/** One varied setting as the form holds it: what was typed in every way of saying values. */
export interface AxisEntry {
  readonly key: number;
  readonly setting: string;
  readonly form: 'list' | 'range';
  readonly text: string;
  readonly from: string;
  readonly to: string;
  readonly count: number | null;
  readonly scale: Scale;
  readonly picked: readonly string[];
}

/** The values an entry stands for, or what is wrong with it. */
export interface AxisReading {
  readonly values: readonly ParamValue[];
  /** A sentence; null where nothing is. */
  readonly problem: string | null;
}

/** The settings of a form that are varied. */
export class AxesDraft {
  #entries = $state.raw<readonly AxisEntry[]>([]);
  #nextKey = 1;

  get entries(): readonly AxisEntry[] {
    return this.#entries;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Varies a setting, beginning with its present value. */
  add(option: AxisOption, present: ParamValue | undefined): void {
    const { setting, spec } = option;
    const value = present ?? spec.default;
    const entry: AxisEntry = {
      key: this.#nextKey++,
      setting,
      form: 'list',
      text: String(value),
      from: String(value),
      to: '',
      count: 5,
      scale: spec.type === 'number' && spec.scale === 'log' ? 'log' : 'linear',
      picked: spec.type === 'choice' ? spec.options.map((one) => one.value) : [],
    };
    this.#entries = [...this.#entries, entry];
  }

  set(key: number, change: Partial<Omit<AxisEntry, 'key'>>): void {
    this.#entries = this.#entries.map((entry) =>
      entry.key === key ? { ...entry, ...change } : entry,
    );
  }

  remove(key: number): void {
    this.#entries = this.#entries.filter((entry) => entry.key !== key);
  }

  clear(): void {
    this.#entries = [];
  }

  /** As a sweep takes them; settings the form does not have any more are left out. */
  axes(options: readonly AxisOption[]): SweepAxis[] {
    return this.#entries.flatMap((entry) => {
      const spec = specOf(entry, options);
      return spec ? [{ setting: entry.setting, values: [...readAxis(entry, spec).values] }] : [];
    });
  }

  /** Number of combinations. */
  children(options: readonly AxisOption[]): number {
    return this.axes(options).reduce((product, { values }) => product * values.length, 1);
  }

  /** What is wrong with the entries, in a sentence; null where nothing is. */
  problem(options: readonly AxisOption[]): string | null {
    for (const entry of this.#entries) {
      const option = options.find(({ setting }) => setting === entry.setting);
      const wrong = option && readAxis(entry, option.spec).problem;
      if (wrong) return `${option.spec.label}: ${wrong}`;
    }
    const count = this.children(options);
    if (count > mostChildren) {
      return `${count} combinations are more than the ${mostChildren} that can be started at once.`;
    }
    return null;
  }
}

function specOf(entry: AxisEntry, options: readonly AxisOption[]): ParamSpec | undefined {
  return options.find(({ setting }) => setting === entry.setting)?.spec;
}

/** The values of an entry, each checked as the form would check it. */
export function readAxis(entry: AxisEntry, spec: ParamSpec): AxisReading {
  const values = valuesOf(entry, spec);
  if (typeof values === 'string') return { values: [], problem: values };
  const wrong = values.map((value) => fieldError(spec, value)).find((error) => error !== null);
  if (wrong) return { values, problem: wrong };
  return { values, problem: values.length < 2 ? 'give two or more values.' : null };
}

function valuesOf(entry: AxisEntry, spec: ParamSpec): readonly ParamValue[] | string {
  if (spec.type === 'choice') return entry.picked;
  if (spec.type === 'boolean') return [false, true];
  if (entry.form === 'range') {
    const range = {
      from: parseNumber(entry.from) ?? NaN,
      to: parseNumber(entry.to) ?? NaN,
      count: entry.count ?? NaN,
      scale: entry.scale,
    };
    return rangeProblem(range) ?? spread(range, spec.type === 'integer');
  }
  try {
    // People separate numbers by semicolons and new lines as well.
    return readValues(entry.text.replaceAll(/[;\n]/g, ','), spec);
  } catch (thrown) {
    if (thrown instanceof LabError) return `${thrown.message.replace(/^[^:]*: /, '')}.`;
    throw thrown;
  }
}
