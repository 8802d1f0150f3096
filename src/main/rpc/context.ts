import type { Args, Method, Result } from '@shared/rpc';
import type { TrialPayload } from '@shared/worker-protocol';
import type { BenchDesk } from '../bench/desk';
import type { EventHub } from '../events';
import type { FreeBytes } from '../jobs/disk-guard';
import type { WorkerHost } from '../jobs/worker-host';
import type { Tried } from '../preflight/trial-worker';
import type { Session, Sessions } from '../session';

/** What handlers work with. */
export interface LabContext {
  readonly shell: 'electron' | 'server' | 'cli';
  readonly stateDir: string | null;
  /** The system's folder dialog; null in shells without one. */
  readonly pickFolder: ((title: string) => Promise<string | null>) | null;
  /** The system's dialog for several files; null in shells without one. */
  readonly pickFiles: ((title: string) => Promise<string[] | null>) | null;
  readonly events: EventHub;
  readonly worker: WorkerHost;
  readonly bench: BenchDesk;
  readonly sessions: Sessions;
  /** Measures a few steps of a training in a process of its own. */
  readonly trial: (payload: TrialPayload, signal: AbortSignal) => Promise<Tried>;
  /** Memory that programs may still take, in bytes. */
  readonly availableBytes: () => number;
  /** Another way to ask for free disk space; the system's by default. */
  readonly freeBytes?: FreeBytes;
}

/** A handler receives arguments that have been checked against the contract. */
export type Handler<M extends Method> = (
  context: LabContext,
  args: Args<M>,
) => Result<M> | Promise<Result<M>>;

export type Handlers = { readonly [M in Method]: Handler<M> };

/** The handlers of one noun, all of them: a missing one does not compile. */
export type NounHandlers<Noun extends string> = Pick<
  Handlers,
  Extract<Method, `${Noun}.${string}`>
>;

/** The database of the open workspace, with the rest of its session. */
export function opened(context: LabContext): Session & { readonly db: Session['board']['db'] } {
  const session = context.sessions.require();
  return { ...session, db: session.board.db };
}

export const ok = { ok: true } as const;
