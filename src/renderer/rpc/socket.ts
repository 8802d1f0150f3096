import { LabError, type LabErrorData } from '@shared/errors';
import type { WeightOutcome } from '@shared/domain/weights';
import type { Args, EventData, EventName, Method, Result } from '@shared/rpc';
import type { Connection, ConnectionStatus } from './connection';
import { Listeners } from './listeners';
import { uploadWeights } from './upload';

/** What the server shell sends: a reply to one call, or an event. */
type Incoming =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: LabErrorData }
  | { readonly event: string; readonly data: unknown };

interface Pending {
  readonly method: Method;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

const FIRST_RETRY_MS = 400;
const LONGEST_RETRY_MS = 5_000;

/**
 * RPC over a WebSocket to the page's own origin. Calls made before the socket opens wait; calls in
 * flight when it breaks are rejected, because nobody can say whether the host carried them out.
 */
export class SocketConnection implements Connection {
  readonly #url: string;
  readonly #open: (url: string) => WebSocket;
  readonly #listeners = new Listeners();
  readonly #statusListeners = new Set<(status: ConnectionStatus) => void>();
  readonly #pending = new Map<number, Pending>();
  #waiting: string[] = [];
  #socket: WebSocket | undefined;
  #status: ConnectionStatus = 'connecting';
  #nextId = 1;
  #retryMs = FIRST_RETRY_MS;

  constructor(url: string, open: (url: string) => WebSocket = (address) => new WebSocket(address)) {
    this.#url = url;
    this.#open = open;
    this.#connect();
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  onStatus(listener: (status: ConnectionStatus) => void): () => void {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  on<E extends EventName>(event: E, listener: (data: EventData<E>) => void): () => void {
    return this.#listeners.on(event, listener);
  }

  pathOf(): null {
    return null;
  }

  upload(file: File): Promise<WeightOutcome[]> {
    return uploadWeights(file);
  }

  call<M extends Method>(method: M, args: Args<M>): Promise<Result<M>> {
    if (this.#status === 'lost') return Promise.reject(lost(method));
    return new Promise<Result<M>>((resolve, reject) => {
      const id = this.#nextId++;
      this.#pending.set(id, { method, resolve: (result) => resolve(result as Result<M>), reject });
      const message = JSON.stringify({ id, method, args });
      if (this.#status === 'open') this.#socket?.send(message);
      else this.#waiting.push(message);
    });
  }

  #connect(): void {
    const socket = this.#open(this.#url);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#retryMs = FIRST_RETRY_MS;
      this.#setStatus('open');
      for (const message of this.#waiting) socket.send(message);
      this.#waiting = [];
    });
    socket.addEventListener('message', (event: MessageEvent) => {
      this.#receive(JSON.parse(String(event.data)) as Incoming);
    });
    socket.addEventListener('close', () => {
      if (socket !== this.#socket) return;
      this.#waiting = [];
      this.#setStatus('lost');
      for (const pending of this.#pending.values()) pending.reject(lost(pending.method));
      this.#pending.clear();
      setTimeout(() => this.#connect(), this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
    });
  }

  #receive(message: Incoming): void {
    if ('event' in message) {
      this.#listeners.emit(message.event, message.data);
      return;
    }
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    this.#pending.delete(message.id);
    if ('error' in message) pending.reject(new LabError(message.error));
    else pending.resolve(message.result);
  }

  #setStatus(status: ConnectionStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    for (const listener of [...this.#statusListeners]) listener(status);
  }
}

function lost(method: Method): LabError {
  return new LabError({
    kind: 'internal',
    message: `The connection to the lab broke before it could answer "${method}".`,
    safe: 'Everything the lab has stored is kept; what it was computing goes on.',
    next: 'Wait until the banner says that the connection is back, then look whether the action took effect.',
  });
}
