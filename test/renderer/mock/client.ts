import { LabError } from '@shared/errors';
import type { Job } from '@shared/domain/run';
import type { WeightOutcome } from '@shared/domain/weights';
import type { Args, Method, Result } from '@shared/rpc';
import type { Connection, ConnectionStatus } from '../../../src/renderer/rpc/connection';
import { Listeners } from '../../../src/renderer/rpc/listeners';
import { answers, type Answers } from './answers';

/** A host made of data: answers every method at once, and can be told what to emit. */
export class MockConnection implements Connection {
  readonly listeners = new Listeners();
  readonly calls: { readonly method: Method; readonly args: unknown }[] = [];
  readonly answers: Answers;
  readonly #status = new Set<(status: ConnectionStatus) => void>();
  status: ConnectionStatus = 'open';

  constructor(overrides: Partial<Answers> = {}) {
    this.answers = { ...answers(), ...overrides };
  }

  on: Connection['on'] = (event, listener) => this.listeners.on(event, listener);

  onStatus(listener: (status: ConnectionStatus) => void): () => void {
    this.#status.add(listener);
    return () => this.#status.delete(listener);
  }

  pathOf = (): null => null;

  /** A page of the mock has no server: what is dropped is refused as a host would refuse it. */
  upload = (file: File): Promise<WeightOutcome[]> => this.call('weights.add', { path: file.name });

  setStatus(status: ConnectionStatus): void {
    this.status = status;
    for (const listener of this.#status) listener(status);
  }

  async call<M extends Method>(method: M, args: Args<M>): Promise<Result<M>> {
    this.calls.push({ method, args });
    const answer = this.answers[method] as
      ((args: Args<M>) => Result<M> | Promise<Result<M>>) | undefined;
    if (!answer)
      throw new LabError({ kind: 'unsupported', message: `mock: no answer for ${method}` });
    const result = await answer(args);
    this.#announce(method, result);
    return result;
  }

  /** What the host would say to every client after a change. */
  #announce(method: Method, result: unknown): void {
    if (method === 'workspace.open' || method === 'workspace.create') {
      this.listeners.emit('workspace.changed', result);
    }
    if (method.startsWith('job.') && (result as Job | null)?.kind) {
      this.listeners.emit('job.changed', result);
    }
  }
}
