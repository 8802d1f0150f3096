import { readFileSync } from 'node:fs';
import { errorCode } from '../db/errors';

/** Two readings of one process's start differ by clock steps of the boot time at most. */
const toleranceMs = 5000;

/**
 * When a process started, in milliseconds since 1970, so that a number given to a new process is
 * not taken for the old one. Null where the system does not tell (it is read from Linux's /proc) or
 * the process is gone.
 */
export function processStartedMs(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name may hold spaces and brackets; fields are counted from its last bracket.
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    const bootSeconds = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
    const started = bootSeconds * 1000 + ticks * 10;
    return Number.isFinite(started) ? started : null;
  } catch (thrown) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes(errorCode(thrown))) return null;
    throw thrown;
  }
}

export type Liveness = 'alive' | 'gone' | 'unknown';

/**
 * Whether the process with this number is still the one that started then. `unknown` means that a
 * process has the number but the system does not say since when.
 */
export function processLiveness(pid: number, startedMs: number | null): Liveness {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    if (errorCode(thrown) === 'ESRCH') return 'gone';
    if (errorCode(thrown) !== 'EPERM') throw thrown;
  }
  const now = processStartedMs(pid);
  if (startedMs === null || now === null) return 'unknown';
  return Math.abs(now - startedMs) <= toleranceMs ? 'alive' : 'gone';
}
