/** A choice of the person that outlives the window, kept as text under one key of local storage. */
export class Persisted<T extends string> {
  readonly #key: string;
  #current = $state() as T;

  constructor(key: string, allowed: readonly T[], initial: T) {
    this.#key = `iqalab.${key}`;
    const stored = localStorage.getItem(this.#key);
    this.#current = allowed.find((value) => value === stored) ?? initial;
  }

  get current(): T {
    return this.#current;
  }

  set current(value: T) {
    this.#current = value;
    localStorage.setItem(this.#key, value);
  }
}
