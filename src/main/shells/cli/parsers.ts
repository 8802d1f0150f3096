import { InvalidArgumentError } from 'commander';

/** Option parsers for commander: a wrong number is a usage error that quotes what was typed. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^-?\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      max === Number.MAX_SAFE_INTEGER
        ? `A whole number of at least ${min} is needed.`
        : `A whole number from ${min} to ${max} is needed.`,
    );
  };
}

/** A number with a decimal point, within bounds. */
export function number(min = -Infinity, max = Infinity): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= min && value <= max) return value;
    const bounds = Number.isFinite(min) ? ` from ${min} to ${max}` : '';
    throw new InvalidArgumentError(`A number${bounds} is needed, with a decimal point.`);
  };
}

/** One of a list, collected over repeats: commander's own choices() would keep only the last. */
export function eachOneOf(
  choices: readonly string[],
): (text: string, before: readonly string[] | undefined) => string[] {
  return (text, before) => {
    if (choices.includes(text)) return [...(before ?? []), text];
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
  };
}
