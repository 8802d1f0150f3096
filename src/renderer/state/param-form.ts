import { LabError } from '@shared/errors';
import {
  checkValues,
  holds,
  type ParamSpec,
  type ParamValue,
  type ParamValues,
} from '@shared/params';

/** How much of a form is shown: the paper's settings, more of them, or all. */
export const levels = ['paper', 'guided', 'expert'] as const;
export type Level = (typeof levels)[number];

export interface FieldGroup {
  readonly title: string | null;
  readonly specs: readonly ParamSpec[];
}

/** Fields of a form at a level, in their groups; a field whose condition does not hold is left out. */
export function visibleGroups(
  specs: readonly ParamSpec[],
  values: Readonly<ParamValues>,
  level: Level,
): readonly FieldGroup[] {
  const groups = new Map<string | null, ParamSpec[]>();
  for (const spec of specs) {
    if (levels.indexOf(spec.level) > levels.indexOf(level)) continue;
    if (!holds(spec.when, values)) continue;
    const title = spec.group ?? null;
    groups.set(title, [...(groups.get(title) ?? []), spec]);
  }
  return [...groups].map(([title, members]) => ({ title, specs: members }));
}

/** How many fields the level hides: a form never pretends that these do not exist. */
export function hiddenCount(specs: readonly ParamSpec[], level: Level): number {
  return specs.filter((spec) => levels.indexOf(spec.level) > levels.indexOf(level)).length;
}

/** A number as typed: "1e-3", "0.001" and "0,001" are one; null for anything else. */
export function parseNumber(text: string): number | null {
  const trimmed = text.trim().replace('\u2212', '-').replace(',', '.');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return null;
  return Number(trimmed);
}

/** What is wrong with a value, in the words of the shared check; null when it is right. */
export function fieldError(spec: ParamSpec, value: ParamValue | undefined): string | null {
  try {
    checkValues('', [spec], value === undefined ? {} : { [spec.id]: value });
    return null;
  } catch (thrown) {
    if (thrown instanceof LabError) return thrown.message.replace(/^: .*?\(.*?\) /, '');
    throw thrown;
  }
}

/** The paper's value of a setting, if it states one. */
export function paperValue(
  spec: ParamSpec,
): { readonly value: ParamValue; readonly source: string } | null {
  return 'paper' in spec ? (spec.paper ?? null) : null;
}

/** Settings that differ from the paper's, for the summary line above a form. */
export function departures(
  specs: readonly ParamSpec[],
  values: Readonly<ParamValues>,
): readonly ParamSpec[] {
  return specs.filter((spec) => {
    const paper = paperValue(spec);
    return paper !== null && values[spec.id] !== paper.value;
  });
}
