import type { EventData, EventName } from '@shared/rpc';

type Listener = (data: never) => void;

/** Event subscriptions by name; the one cast between "any event" and its own payload lives here. */
export class Listeners {
  readonly #byEvent = new Map<string, Set<Listener>>();

  on<E extends EventName>(event: E, listener: (data: EventData<E>) => void): () => void {
    const set = this.#byEvent.get(event) ?? new Set<Listener>();
    set.add(listener);
    this.#byEvent.set(event, set);
    return () => set.delete(listener);
  }

  emit(event: string, data: unknown): void {
    for (const listener of [...(this.#byEvent.get(event) ?? [])]) listener(data as never);
  }
}
