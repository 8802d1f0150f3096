import { LabError } from '../errors';
import type { ParamSpec, ParamValue } from '../params';
import { rangeProblem, spread } from './spread';

const number = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?:\/\d+)?`;
const rangeForm = new RegExp(`^(${number})\\.\\.(${number})(?::(\\d+))?(?::(lin|log))?$`);

/**
 * Reads the values a setting is to take, as a person writes them: a list such as
 * `0, 0.0001, 1/255`, ranges `FROM..TO:COUNT` in equal steps or `FROM..TO:COUNT:log` in equal
 * ratios, `1..5` for whole numbers one apart, or any of them separated by commas. Equal values
 * count once.
 * @throws LabError `bad-input` saying which part could not be read
 */
export function readValues(text: string, spec: Pick<ParamSpec, 'type' | 'id'>): ParamValue[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) throw bad(`${spec.id}: no value is given`);
  return [...new Set(parts.flatMap((part) => readPart(part, spec)))];
}

function readPart(part: string, { type, id }: Pick<ParamSpec, 'type' | 'id'>): ParamValue[] {
  switch (type) {
    case 'choice':
    case 'weights':
      return [part];
    case 'boolean':
      if (/^(true|yes|on)$/i.test(part)) return [true];
      if (/^(false|no|off)$/i.test(part)) return [false];
      throw bad(`${id}: "${part}" is neither true nor false`);
    case 'integer':
    case 'number': {
      if (part.includes('..')) return readRange(part, id, type === 'integer');
      return [readNumber(part, id)];
    }
  }
}

function readRange(part: string, id: string, whole: boolean): number[] {
  const match = rangeForm.exec(part);
  if (!match?.[1] || !match[2]) throw bad(`${id}: "${part}" is not a range`);
  const [from, to] = [readNumber(match[1], id), readNumber(match[2], id)];
  const stepsOfOne = whole || (Number.isInteger(from) && Number.isInteger(to));
  if (match[3] === undefined && !stepsOfOne) {
    throw bad(`${id}: "${part}" does not say how many values it has`);
  }
  const count = match[3] === undefined ? Math.abs(to - from) + 1 : Number(match[3]);
  const range = { from, to, count, scale: match[4] === 'log' ? 'log' : 'linear' } as const;
  const problem = rangeProblem(range);
  if (problem !== null) throw bad(`${id}: in "${part}" ${problem.replace(/\.$/, '')}`);
  return spread(range, whole);
}

function readNumber(text: string, id: string): number {
  if (new RegExp(`^${number}$`).test(text)) {
    const [above, below] = text.split('/').map(Number);
    const value = below === undefined ? above : (above ?? NaN) / below;
    if (value !== undefined && Number.isFinite(value)) return value;
  }
  throw bad(`${id}: "${text}" is not a number (written with a decimal point)`);
}

function bad(message: string): LabError {
  return new LabError({
    kind: 'bad-input',
    message,
    safe: 'Nothing was started.',
    next: 'Write a list such as 0, 0.0001, 0.001, or a range such as 0.0001..0.01:5:log.',
  });
}
