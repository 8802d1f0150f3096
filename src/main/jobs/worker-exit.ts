import type { LabErrorData } from '@shared/errors';
import type { WorkerExit } from './worker-transport';

const safe = 'Everything recorded so far is kept.';

/** Why a worker that nobody asked to end has ended, in words. */
export function describeExit(exit: WorkerExit): LabErrorData {
  const { code, signal, stderr } = exit;
  const details = { code, signal, stderr };
  if (signal === 'SIGKILL' || /heap out of memory|std::bad_alloc/i.test(stderr)) {
    return {
      kind: signal === 'SIGKILL' ? 'worker-died' : 'out-of-memory',
      message:
        signal === 'SIGKILL'
          ? 'the compute process was killed from outside, which most often means that memory ran out'
          : 'the compute process ran out of memory',
      safe,
      next: 'Press Resume to continue; if it happens again, use a smaller batch size.',
      details,
    };
  }
  const how = signal
    ? `signal ${signal}`
    : code === null
      ? 'it did not start'
      : `exit code ${code}`;
  return {
    kind: 'worker-died',
    message: `the compute process ended unexpectedly (${how})`,
    safe,
    next: 'Press Resume to continue; if it happens again, copy the details into a bug report.',
    details,
  };
}
