import { readFileSync } from 'node:fs';
import { errorCode } from '../db/errors';

/** Two readings of one process's start differ by clock steps of the boot time at most. */
const toleranceMs = 5000;

interface ProcessFacts {
  readonly startedMs: number;
  /** Ended, but its parent has not asked for its exit code yet. */
  readonly zombie: boolean;
}

/** What Linux's /proc says of a process; null on other systems and where there is none. */
function readFacts(pid: number): ProcessFacts | null {
  if (process.platform !== 'linux') return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name may hold spaces and brackets; fields are counted from its last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const bootSeconds = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
    const startedMs = bootSeconds * 1000 + Number(fields[19]) * 10;
    return Number.isFinite(startedMs) ? { startedMs, zombie: fields[0] === 'Z' } : null;
  } catch (thrown) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes(errorCode(thrown))) return null;
    throw thrown;
  }
}

/**
 * When a process started, in milliseconds since 1970, so that a number given to a new process is
 * not taken for the old one. Null where the system does not tell or the process is gone.
 */
export function processStartedMs(pid: number): number | null {
  return readFacts(pid)?.startedMs ?? null;
}

export type Liveness = 'alive' | 'gone' | 'unknown';

/**
 * Whether the process with this number is still the one that started then. `unknown` means that a
 * process has the number but it cannot be told since when.
 */
export function processLiveness(pid: number, startedMs: number | null): Liveness {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    if (errorCode(thrown) === 'ESRCH') return 'gone';
    if (errorCode(thrown) !== 'EPERM') throw thrown;
  }
  const facts = readFacts(pid);
  if (facts?.zombie) return 'gone';
  if (startedMs === null || !facts) return 'unknown';
  return Math.abs(facts.startedMs - startedMs) <= toleranceMs ? 'alive' : 'gone';
}
