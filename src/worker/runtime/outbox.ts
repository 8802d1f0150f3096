/** How long a finished row may wait for company, in milliseconds. */
const holdMs = 250;

/**
 * Gathers rows and posts them together, at most four times a second, so that a quick job does not
 * cost the host a transaction per row and a slow one shows each row at once.
 */
export class Outbox<T> {
  readonly #send: (rows: T[]) => void;
  #rows: T[] = [];
  #sentMs = -Infinity;
  #timer: NodeJS.Timeout | null = null;

  constructor(send: (rows: T[]) => void) {
    this.#send = send;
  }

  add(row: T): void {
    this.#rows.push(row);
    const waitMs = this.#sentMs + holdMs - performance.now();
    if (waitMs <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), waitMs);
  }

  /** Posts what has gathered; called once more at the end, whatever the end was. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#rows.length === 0) return;
    const rows = this.#rows;
    this.#rows = [];
    this.#sentMs = performance.now();
    this.#send(rows);
  }
}
