/**
 * A chart option as text for a snapshot, one line per part: numbers at six digits, long lists cut
 * to their ends with a count and a sum, so that a changed curve shows without a thousand lines.
 */
export function optionText(option: object): string {
  return Object.entries(option)
    .flatMap(([key, part]) =>
      Array.isArray(part)
        ? part.map((each, i) => [`${key}[${i}]`, each as unknown])
        : [[key, part]],
    )
    .map(([key, part]) => `${key} ${JSON.stringify(condensed(part))}`)
    .join('\n');
}

function condensed(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(6));
  if (Array.isArray(value)) {
    if (value.length <= 6) return value.map(condensed);
    const flat = value.flat(3).filter((each): each is number => typeof each === 'number');
    const sum = condensed(flat.reduce((total, each) => total + each, 0));
    return { count: value.length, first: condensed(value[0]), last: condensed(value.at(-1)), sum };
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, condensed(each)]));
}

/** Every place in a value that is not plain data: functions, NaN, infinities, class instances. */
export function notPlain(value: unknown, path = ''): string[] {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return [];
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${path} = ${value}`];
  if (Array.isArray(value)) return value.flatMap((each, i) => notPlain(each, `${path}[${i}]`));
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.entries(value).flatMap(([key, each]) => notPlain(each, `${path}.${key}`));
  }
  return [`${path} is ${typeof value}`];
}

/** Freezes a value and everything in it, so that a function that changes its input throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
