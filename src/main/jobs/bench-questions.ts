import { LabError } from '@shared/errors';
import type { BenchPayload, BenchReply, WorkerMessage } from '@shared/worker-protocol';
import { Expectation } from './expectation';
import type { WorkerConnection } from './worker-transport';

/** A heavy model on a slow computer may take minutes for one picture; the person can cancel. */
const timeoutMs = 1_800_000;

export type BenchPhaseMessage = Extract<WorkerMessage, { type: 'bench-phase' }>;
type BenchMessage = Extract<
  WorkerMessage,
  { type: 'bench-phase' | 'bench-answer' | 'bench-refused' }
>;

interface Question {
  readonly answer: Expectation<BenchReply>;
  readonly tell: (message: BenchPhaseMessage) => void;
}

/** Questions of the bench that a worker has not answered yet, by the number of the request. */
export class BenchQuestions {
  readonly #waiting = new Map<number, Question>();

  /**
   * Asks and waits.
   *
   * @param signal aborting it frees the caller at once and the worker at its next look at the model
   * @param tell receives what the worker is doing
   * @throws LabError `cancelled`, or why it could not be done
   */
  async ask(
    connection: WorkerConnection,
    requestId: number,
    payload: BenchPayload,
    signal: AbortSignal,
    tell: (message: BenchPhaseMessage) => void,
  ): Promise<BenchReply> {
    const answer = new Expectation<BenchReply>(timeoutMs, () => {
      connection.send({ type: 'bench-cancel', requestId });
      return new LabError({
        kind: 'worker-died',
        message: `the bench has not answered for ${timeoutMs / 60_000} minutes`,
        safe: 'Nothing was stored.',
        next: 'Choose fewer steps or a lighter model.',
      });
    });
    const onAbort = (): void => {
      connection.send({ type: 'bench-cancel', requestId });
      answer.reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#waiting.set(requestId, { answer, tell });
    connection.send({ type: 'bench', requestId, payload });
    try {
      return await answer.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#waiting.delete(requestId);
    }
  }

  /** What the worker says to a question; one that nobody waits for is dropped. */
  take(message: BenchMessage): void {
    const question = this.#waiting.get(message.requestId);
    switch (message.type) {
      case 'bench-phase':
        question?.tell(message);
        return;
      case 'bench-answer':
        question?.answer.resolve(message.reply);
        return;
      case 'bench-refused':
        question?.answer.reject(new LabError(message.error));
    }
  }

  /** The worker is gone. */
  rejectAll(error: Error): void {
    for (const { answer } of this.#waiting.values()) answer.reject(error);
  }
}
