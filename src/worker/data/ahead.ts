/**
 * Works on the next items while the caller is busy with this one, in order.
 *
 * @param items what to work on
 * @param depth how many results are prepared ahead of the one that is asked for, at least 1
 * @param work started for each item in turn; a failure surfaces when its item is reached
 */
export async function* ahead<T, R>(
  items: Iterable<T>,
  depth: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const iterator = items[Symbol.iterator]();
  const pending: Promise<R>[] = [];
  const start = (): void => {
    const next = iterator.next();
    if (next.done) return;
    const promise = work(next.value);
    // Awaited later or, after an early end, never: neither is an unhandled rejection.
    promise.catch(() => undefined);
    pending.push(promise);
  };
  for (let i = 0; i <= depth; i++) start();
  for (let current = pending.shift(); current; current = pending.shift()) {
    const value = await current;
    start();
    yield value;
  }
}
