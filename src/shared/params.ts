import * as v from 'valibot';
import { LabError } from './errors';

/** Another parameter of the same list, and the values it must have. */
export const When = v.object({
  id: v.string(),
  is: v.array(v.union([v.string(), v.number(), v.boolean()])),
});
export type When = v.InferOutput<typeof When>;

/**
 * Parameters are data. A model, an attack or the trainer states its settings as `ParamSpec`s;
 * forms, command-line flags, tables of settings and validation derive from them.
 */
const base = {
  id: v.string(),
  label: v.string(),
  /** One or two sentences for a person who does not program. */
  help: v.string(),
  /** `paper`: always shown; `guided`: shown under "More"; `expert`: shown on request. */
  level: v.picklist(['paper', 'guided', 'expert']),
  /** Heading under which a form shows the field. */
  group: v.optional(v.string()),
  /** Only meaningful when another parameter of the same list has one of these values. */
  when: v.optional(When),
};

export const ParamSpec = v.variant('type', [
  v.object({
    type: v.literal('number'),
    ...base,
    default: v.number(),
    min: v.optional(v.number()),
    max: v.optional(v.number()),
    /** `pixel` values are in [0, 1] and shown with n/255 beside them. */
    unit: v.optional(v.string()),
    scale: v.optional(v.picklist(['linear', 'log'])),
    /** The value the paper uses, and where it says so. */
    paper: v.optional(v.object({ value: v.number(), source: v.string() })),
  }),
  v.object({
    type: v.literal('integer'),
    ...base,
    default: v.pipe(v.number(), v.integer()),
    min: v.optional(v.number()),
    max: v.optional(v.number()),
    unit: v.optional(v.string()),
    paper: v.optional(v.object({ value: v.number(), source: v.string() })),
  }),
  v.object({ type: v.literal('boolean'), ...base, default: v.boolean() }),
  v.object({
    type: v.literal('choice'),
    ...base,
    default: v.string(),
    options: v.array(
      v.object({ value: v.string(), label: v.string(), help: v.optional(v.string()) }),
    ),
    paper: v.optional(v.object({ value: v.string(), source: v.string() })),
  }),
  /** A file of the weights inventory: its SHA-256, or "" while none is chosen. */
  v.object({
    type: v.literal('weights'),
    ...base,
    default: v.literal(''),
    /** What the file may be recognised as: ids of weight layouts. */
    accepts: v.array(v.string()),
  }),
]);
export type ParamSpec = v.InferOutput<typeof ParamSpec>;

/** Whether a condition on another parameter holds; none always does. */
export function holds(when: When | undefined, values: Readonly<ParamValues>): boolean {
  if (!when) return true;
  const other = values[when.id];
  return other !== undefined && when.is.includes(other);
}

/** A setting's id as words, for names of runs and batches: stepSize is "step size". */
export function words(id: string): string {
  return id.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

export const ParamValue = v.union([v.number(), v.boolean(), v.string()]);
export type ParamValue = v.InferOutput<typeof ParamValue>;

export const ParamValues = v.record(v.string(), ParamValue);
export type ParamValues = v.InferOutput<typeof ParamValues>;

/** Default of every parameter, overridden by `overrides` where it names one. */
export function defaultValues(
  specs: readonly ParamSpec[],
  overrides: Readonly<ParamValues> = {},
): ParamValues {
  return Object.fromEntries(specs.map((spec) => [spec.id, overrides[spec.id] ?? spec.default]));
}

/**
 * Completes and checks values against their specs.
 * @throws LabError `bad-input` naming the parameter, the value and what was expected; a misspelled
 *   name is answered with the nearest right one.
 */
export function checkValues(
  what: string,
  specs: readonly ParamSpec[],
  given: Readonly<ParamValues>,
  overrides: Readonly<ParamValues> = {},
): ParamValues {
  for (const id of Object.keys(given)) {
    if (specs.some((spec) => spec.id === id)) continue;
    const near = nearest(
      id,
      specs.map((spec) => spec.id),
    );
    throw bad(`${what}: there is no setting "${id}"`, near ? `Did you mean "${near}"?` : undefined);
  }
  const values = { ...defaultValues(specs, overrides), ...given };
  for (const spec of specs) checkValue(what, spec, values[spec.id]);
  return values;
}

function checkValue(what: string, spec: ParamSpec, value: ParamValue | undefined): void {
  const name = `${what}: ${spec.label} (${spec.id})`;
  const got = `got ${JSON.stringify(value)}`;
  switch (spec.type) {
    case 'boolean':
      if (typeof value !== 'boolean') throw bad(`${name} must be true or false, ${got}`);
      return;
    case 'choice':
      if (!spec.options.some((option) => option.value === value)) {
        const list = spec.options.map((option) => option.value).join(', ');
        throw bad(`${name} must be one of ${list}, ${got}`);
      }
      return;
    case 'weights':
      if (typeof value !== 'string' || !/^([0-9a-f]{64})?$/.test(value)) {
        throw bad(`${name} must be the SHA-256 of a weight file, ${got}`);
      }
      return;
    case 'integer':
    case 'number': {
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        throw bad(`${name} must be a number, ${got}`);
      }
      if (spec.type === 'integer' && !Number.isInteger(value)) {
        throw bad(`${name} must be a whole number, ${got}`);
      }
      if (spec.min !== undefined && value < spec.min) {
        throw bad(`${name} must be at least ${spec.min}, ${got}`);
      }
      if (spec.max !== undefined && value > spec.max) {
        throw bad(`${name} must be at most ${spec.max}, ${got}`);
      }
    }
  }
}

function bad(message: string, next = 'Correct the value and try again.'): LabError {
  return new LabError({ kind: 'bad-input', message, safe: 'Nothing was changed.', next });
}

/** The candidate within two edits of `name`, if any (Levenshtein distance). */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = 3;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, substituted));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** Typed readers, for code that receives checked values. */
export const read = {
  number(values: Readonly<ParamValues>, id: string): number {
    const value = values[id];
    if (typeof value !== 'number')
      throw new Error(`read.number: ${id} is ${JSON.stringify(value)}`);
    return value;
  },
  boolean(values: Readonly<ParamValues>, id: string): boolean {
    const value = values[id];
    if (typeof value !== 'boolean')
      throw new Error(`read.boolean: ${id} is ${JSON.stringify(value)}`);
    return value;
  },
  string(values: Readonly<ParamValues>, id: string): string {
    const value = values[id];
    if (typeof value !== 'string')
      throw new Error(`read.string: ${id} is ${JSON.stringify(value)}`);
    return value;
  },
};
