import { LabError } from '@shared/errors';
import type { BenchPayload, BenchReply, WorkerMessage } from '@shared/worker-protocol';
import { breathe } from '../../breathe';
import { toFailure } from '../../failure';

type Phase = Extract<WorkerMessage, { type: 'bench-phase' }>['phase'];

/** A question of the bench, as the code that answers it sees it. */
export interface BenchTicket {
  /** Serves messages. @throws LabError `cancelled` once nobody waits for the answer any more */
  readonly checkpoint: () => Promise<void>;
  /** Says what is being done; `done` counts looks at the model. */
  tell(phase: Phase, done: number): void;
}

interface Waiting extends BenchTicket {
  readonly requestId: number;
  readonly payload: BenchPayload;
  cancelled: boolean;
}

/** Progress is told at most this often, in milliseconds: a light model looks a thousand times a second. */
const tellMs = 100;

/**
 * Answers questions of the bench one after the other, each in exactly one of `bench-answer` and
 * `bench-refused`. A cancelled one ends at its next checkpoint, or before it has begun.
 */
export class BenchQueue {
  readonly #post: (message: WorkerMessage) => void;
  readonly #answer: (payload: BenchPayload, ticket: BenchTicket) => Promise<BenchReply>;
  readonly #tickets = new Map<number, Waiting>();
  #last: Promise<void> = Promise.resolve();

  constructor(
    post: (message: WorkerMessage) => void,
    answer: (payload: BenchPayload, ticket: BenchTicket) => Promise<BenchReply>,
  ) {
    this.#post = post;
    this.#answer = answer;
  }

  get idle(): boolean {
    return this.#tickets.size === 0;
  }

  ask(requestId: number, payload: BenchPayload): void {
    const ticket = this.#ticket(requestId, payload);
    this.#tickets.set(requestId, ticket);
    this.#last = this.#last.then(() => this.#serve(ticket));
  }

  /** Does nothing where the answer has already been given: the two crossed. */
  cancel(requestId: number): void {
    const ticket = this.#tickets.get(requestId);
    if (ticket) ticket.cancelled = true;
  }

  /** Cancels everything; resolves when nothing is being worked on. */
  async close(): Promise<void> {
    for (const ticket of this.#tickets.values()) ticket.cancelled = true;
    await this.#last;
  }

  async #serve(ticket: Waiting): Promise<void> {
    const { requestId, payload } = ticket;
    try {
      await ticket.checkpoint();
      const reply = await this.#answer(payload, ticket);
      this.#post({ type: 'bench-answer', requestId, reply });
    } catch (thrown) {
      this.#post({ type: 'bench-refused', requestId, error: toFailure(thrown) });
    } finally {
      this.#tickets.delete(requestId);
    }
  }

  #ticket(requestId: number, payload: BenchPayload): Waiting {
    let toldMs = -Infinity;
    let toldPhase: Phase | null = null;
    const ticket: Waiting = {
      requestId,
      payload,
      cancelled: false,
      checkpoint: async () => {
        await breathe();
        if (ticket.cancelled) throw cancelled();
      },
      tell: (phase, done) => {
        const now = performance.now();
        if (phase === toldPhase && now - toldMs < tellMs) return;
        [toldPhase, toldMs] = [phase, now];
        this.#post({ type: 'bench-phase', requestId, phase, done });
      },
    };
    return ticket;
  }
}

function cancelled(): LabError {
  return new LabError({
    kind: 'cancelled',
    message: 'a newer setting took the place of this one',
    safe: 'Nothing was stored.',
  });
}
