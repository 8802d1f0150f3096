export type Schedule = (flush: () => void) => void;

/** One flush per animation frame; a hidden window gets one per second, as frames stop there. */
export const perFrame: Schedule = (flush) => {
  if (document.hidden) setTimeout(flush, 1_000);
  else requestAnimationFrame(flush);
};

const CURVE_MS = 250;

/**
 * Four flushes per second, for curves: drawing one again costs about 10 ms, and an eye that reads a
 * loss curve gains nothing from more.
 */
export const perCurve: Schedule = (flush) => {
  setTimeout(() => perFrame(flush), CURVE_MS);
};

/** Collects what arrives many times a second and hands it over in one piece, in order. */
export class FrameBatch<T> {
  readonly #flush: (items: readonly T[]) => void;
  readonly #schedule: Schedule;
  #items: T[] = [];

  constructor(flush: (items: readonly T[]) => void, schedule: Schedule = perFrame) {
    this.#flush = flush;
    this.#schedule = schedule;
  }

  push(item: T): void {
    this.#items.push(item);
    if (this.#items.length > 1) return;
    this.#schedule(() => {
      const items = this.#items;
      this.#items = [];
      this.#flush(items);
    });
  }
}
