import type { ParamSpec, ParamValue, ParamValues } from '@shared/params';
import { nearest } from '@shared/params';
import { UsageError } from './environment';

/** Lists of settings by the prefix that names them on the command line. */
export type SettingGroups = Readonly<Record<string, readonly ParamSpec[]>>;

/**
 * Reads `--set` texts such as `trainer.epochs=20` or, where only one list has it, `epochs=20`.
 * Ranges are the lab's to check; here the text only becomes a number, a switch or a choice.
 * @returns for each group the values that were given
 * @throws UsageError naming the setting and the nearest right name
 */
export function parseSettings<G extends SettingGroups>(
  texts: readonly string[],
  groups: G,
): Record<keyof G, ParamValues> {
  const result: Record<string, ParamValues> = Object.fromEntries(
    Object.keys(groups).map((group) => [group, {}]),
  );
  for (const text of texts) {
    const match = /^([^=\s]+)=(.*)$/.exec(text);
    if (!match?.[1] || match[2] === undefined) {
      throw new UsageError(`--set ${text}: a setting is written NAME=VALUE, for example epochs=20`);
    }
    const { group, spec } = findSetting(match[1], groups);
    const values = result[group];
    if (values) values[spec.id] = parseValue(match[1], spec, match[2].trim());
  }
  return result as Record<keyof G, ParamValues>;
}

/**
 * The setting of a name such as `trainer.epochs`, or `epochs` where only one list has it.
 * @param flag the option it was given with, for messages
 * @throws UsageError naming the nearest right name
 */
export function findSetting(
  name: string,
  groups: SettingGroups,
  flag = '--set',
): { group: string; spec: ParamSpec } {
  const all = Object.entries(groups).flatMap(([group, specs]) =>
    specs.map((spec) => ({ group, spec, full: `${group}.${spec.id}` })),
  );
  const exact = all.find(({ full }) => full === name);
  const short = all.filter(({ spec }) => spec.id === name);
  const found = exact ?? (short.length === 1 ? short[0] : undefined);
  if (found) return found;
  if (short.length > 1) {
    const names = short.map(({ full }) => full).join(' or ');
    throw new UsageError(`${flag} ${name}: there are several; write ${names}`);
  }
  const near = nearest(
    name,
    all.flatMap(({ full, spec }) => [full, spec.id]),
  );
  throw new UsageError(
    `${flag} ${name}: there is no such setting`,
    near
      ? `Did you mean "${near}"?`
      : `The settings are: ${all.map(({ full }) => full).join(', ')}.`,
  );
}

function parseValue(name: string, spec: ParamSpec, text: string): ParamValue {
  switch (spec.type) {
    case 'boolean': {
      if (/^(true|yes|on)$/i.test(text)) return true;
      if (/^(false|no|off)$/i.test(text)) return false;
      throw new UsageError(`--set ${name}: say true or false, got "${text}"`);
    }
    case 'integer':
    case 'number': {
      // Grey levels: 1/255 is how attack budgets are written.
      const fraction = /^([\d.]+)\/([\d.]+)$/.exec(text);
      const value = fraction ? Number(fraction[1]) / Number(fraction[2]) : Number(text);
      if (text === '' || !Number.isFinite(value)) {
        throw new UsageError(
          `--set ${name}: a number is needed (with a decimal point), got "${text}"`,
        );
      }
      return value;
    }
    case 'choice':
    case 'weights':
      return text;
  }
}

/** Lines that list settings for a terminal: name, default, paper's value, range, help. */
export function describeSettings(prefix: string, specs: readonly ParamSpec[]): string[][] {
  return specs.map((spec) => [
    prefix === '' ? spec.id : `${prefix}.${spec.id}`,
    String(spec.default),
    'paper' in spec && spec.paper ? String(spec.paper.value) : '',
    rangeOf(spec),
    `${spec.label}. ${spec.help}`,
  ]);
}

function rangeOf(spec: ParamSpec): string {
  switch (spec.type) {
    case 'boolean':
      return 'true, false';
    case 'choice':
      return spec.options.map(({ value }) => value).join(', ');
    case 'weights':
      return `a weight file: ${spec.accepts.join(' or ')}`;
    case 'integer':
    case 'number': {
      const unit = spec.unit ? ` ${spec.unit}` : '';
      return `${spec.min ?? '-inf'} to ${spec.max ?? 'inf'}${unit}`;
    }
  }
}
