import { LabError } from '@shared/errors';
import { Expectation } from './expectation';

/** A file of half a gigabyte takes seconds; a network drive may take minutes. */
const timeoutMs = 600_000;

/** Answers about files that the worker still owes, by the number of the request. */
export class FileAnswers<T> {
  readonly #waiting = new Map<number, Expectation<T>>();

  /** @param safe what is safe where the disk never answers */
  expect(requestId: number, path: string, safe: string): Promise<T> {
    const answer = new Expectation<T>(timeoutMs, () => {
      this.#waiting.delete(requestId);
      return new LabError({
        kind: 'unreadable-file',
        message: `the disk of ${path} took longer than ${timeoutMs / 60_000} minutes`,
        safe,
        next: 'Use a disk of this computer, then try again.',
      });
    });
    this.#waiting.set(requestId, answer);
    return answer.promise;
  }

  resolve(requestId: number, value: T): void {
    this.#taken(requestId)?.resolve(value);
  }

  reject(requestId: number, error: Error): void {
    this.#taken(requestId)?.reject(error);
  }

  /** The worker is gone. */
  rejectAll(error: Error): void {
    for (const answer of this.#waiting.values()) answer.reject(error);
  }

  #taken(requestId: number): Expectation<T> | undefined {
    const found = this.#waiting.get(requestId);
    this.#waiting.delete(requestId);
    return found;
  }
}
