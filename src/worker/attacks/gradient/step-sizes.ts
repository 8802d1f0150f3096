/** Share of the budget before the first look back, and by how much, and how far, the later intervals shrink. */
const firstInterval = 0.22;
const shrinkBy = 0.03;
const shortestInterval = 0.06;
/** At most this share of improving steps counts as going back and forth. */
const enoughImprovement = 0.75;

/**
 * When Auto-PGD halves its step (Croce & Hein, ICML 2020, section 3.2), for every picture on its own.
 *
 * After 22 % of the steps, and then at intervals that shrink by 3 % of them down to 6 %, it looks back: where at most
 * 75 % of the steps since improved the loss, or where neither the step was halved nor the best loss raised since the
 * last look, the step is halved and the search returns to the best point.
 */
export class StepSizes {
  /** Loss of the best point, per picture. */
  readonly best: number[];
  readonly sizes: number[];
  readonly #shortest: number;
  readonly #shrink: number;
  #interval: number;
  #since = 0;
  #last: readonly number[];
  #improvements: number[];
  #bestThen: number[];
  #halvedThen: boolean[];

  /**
   * @param losses at the starting point, larger is better
   * @param size first step, [0, 1] pixel units
   * @param steps budget
   */
  constructor(losses: readonly number[], size: number, steps: number) {
    this.best = [...losses];
    this.sizes = losses.map(() => size);
    this.#interval = Math.max(1, Math.floor(firstInterval * steps));
    this.#shortest = Math.max(1, Math.floor(shortestInterval * steps));
    this.#shrink = Math.max(1, Math.floor(shrinkBy * steps));
    this.#last = losses;
    this.#improvements = losses.map(() => 0);
    this.#bestThen = [...losses];
    // As in the authors' code: the first look cannot halve for want of a new best alone.
    this.#halvedThen = losses.map(() => true);
  }

  /**
   * Takes note of one step.
   * @returns which pictures reached a new best, and which are to go back to their best point
   */
  add(losses: readonly number[]): { improved: boolean[]; returned: boolean[] } {
    const improved = losses.map((loss, i) => loss > (this.best[i] ?? Infinity));
    losses.forEach((loss, i) => {
      if (loss > (this.#last[i] ?? Infinity))
        this.#improvements[i] = (this.#improvements[i] ?? 0) + 1;
      if (improved[i]) this.best[i] = loss;
    });
    this.#last = losses;
    this.#since += 1;
    if (this.#since < this.#interval) return { improved, returned: losses.map(() => false) };
    return { improved, returned: this.#lookBack() };
  }

  #lookBack(): boolean[] {
    const halved = this.best.map((best, i) => {
      const wavers = (this.#improvements[i] ?? 0) <= enoughImprovement * this.#interval;
      const stuck = !this.#halvedThen[i] && best <= (this.#bestThen[i] ?? -Infinity);
      return wavers || stuck;
    });
    halved.forEach((yes, i) => {
      if (yes) this.sizes[i] = (this.sizes[i] ?? 0) / 2;
    });
    this.#halvedThen = halved;
    this.#bestThen = [...this.best];
    this.#improvements = halved.map(() => 0);
    this.#since = 0;
    this.#interval = Math.max(this.#interval - this.#shrink, this.#shortest);
    return halved;
  }
}
