import { LabError, toErrorData, type LabErrorData } from '@shared/errors';

/** What a failure of the system means to a person; anything unknown stays `internal`. */
export function toFailure(thrown: unknown): LabErrorData {
  if (thrown instanceof LabError || !(thrown instanceof Error)) return toErrorData(thrown);
  const details = { error: thrown.message, stack: thrown.stack };
  const safe = 'Everything recorded so far is kept.';
  switch ((thrown as NodeJS.ErrnoException).code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return {
        kind: 'disk-full',
        message: 'the disk is full',
        safe,
        next: 'Free some space, then resume.',
        details,
      };
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return {
        kind: 'read-only',
        message: `the workspace cannot be written: ${thrown.message}`,
        safe,
        next: 'Make the folder writable, then resume.',
        details,
      };
    default:
      return isOutOfMemory(thrown) ? outOfMemory(safe, details) : toErrorData(thrown);
  }
}

/** libtensorflow says "OOM when allocating", V8 "Array buffer allocation failed", wasm "memory access". */
function isOutOfMemory(error: Error): boolean {
  return /\bOOM\b|out of memory|allocation failed|cannot enlarge memory/i.test(error.message);
}

function outOfMemory(safe: string, details: Record<string, unknown>): LabErrorData {
  return {
    kind: 'out-of-memory',
    message: 'the computer ran out of memory',
    safe,
    next: 'Close other programs, or start again with a smaller batch or fewer views at once.',
    details,
  };
}
