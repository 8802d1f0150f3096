import { deferred } from './deferred';

/**
 * An answer that is being waited for. The first of `resolve`, `reject` and the timeout settles it;
 * whatever comes later is ignored.
 */
export class Expectation<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;

  /** @param late makes the error, and does what else a missing answer calls for */
  constructor(timeoutMs: number, late: () => Error) {
    const { promise, resolve, reject } = deferred<T>();
    const timer = setTimeout(() => reject(late()), timeoutMs);
    timer.unref();
    this.promise = promise;
    this.resolve = (value) => {
      clearTimeout(timer);
      resolve(value);
    };
    this.reject = (reason) => {
      clearTimeout(timer);
      reject(reason);
    };
    // Nobody may be waiting any more when it fails; those who wait still get the rejection.
    promise.catch(() => undefined);
  }
}
