import { LabError } from '@shared/errors';
import { methods, type EventData, type EventName, type MediaKind } from '@shared/rpc';
import * as v from 'valibot';
import type { Lab } from '../../src/main/lab';
import type { Media } from '../../src/main/media';

type Handler = (args: never) => unknown;

/** A lab for tests of the shells: answers the given methods, checks arguments as the real one does. */
export class FakeLab implements Lab {
  readonly calls: { method: string; args: unknown }[] = [];
  closed = false;
  #listeners = new Map<string, Set<(data: never) => void>>();

  constructor(
    private readonly handlers: Readonly<Record<string, Handler>> = {},
    private readonly mediaFiles: Readonly<Record<string, Media>> = {},
  ) {}

  call: Lab['call'] = (method, args) => this.dispatch(method, args) as never;

  on: Lab['on'] = (event, listener) => {
    const set = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, set.add(listener));
    return () => set.delete(listener);
  };

  emit<E extends EventName>(event: E, data: EventData<E>): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(data as never);
  }

  listeners(event: EventName): number {
    return this.#listeners.get(event)?.size ?? 0;
  }

  async dispatch(method: string, args: unknown): Promise<unknown> {
    this.calls.push({ method, args });
    const handler = Object.hasOwn(this.handlers, method) ? this.handlers[method] : undefined;
    if (!handler || !Object.hasOwn(methods, method)) {
      throw new LabError({ kind: 'bad-input', message: `there is no method "${method}"` });
    }
    const parsed = v.safeParse(methods[method as keyof typeof methods].args, args);
    if (!parsed.success) {
      throw new LabError({ kind: 'bad-input', message: `${method}: wrong arguments` });
    }
    return await handler(parsed.output as never);
  }

  media(kind: MediaKind, id: string): Promise<Media | null> {
    return Promise.resolve(this.mediaFiles[`${kind}/${id}`] ?? null);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}
