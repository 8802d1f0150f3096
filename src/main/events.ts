import type { EventData, EventName } from '@shared/rpc';

type Listener = (data: never) => void;

/** Events of the contract inside the host. One listener's failure never keeps another from hearing. */
export class EventHub {
  readonly #listeners = new Map<EventName, Set<Listener>>();
  readonly #report: (thrown: unknown) => void;

  /** @param report told of a listener that threw; recording goes on regardless */
  constructor(report: (thrown: unknown) => void) {
    this.#report = report;
  }

  /** @returns the function that ends the subscription */
  on<E extends EventName>(event: E, listener: (data: EventData<E>) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set<Listener>();
    this.#listeners.set(event, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  emit<E extends EventName>(event: E, data: EventData<E>): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        (listener as (data: EventData<E>) => void)(data);
      } catch (thrown) {
        this.#report(thrown);
      }
    }
  }
}
