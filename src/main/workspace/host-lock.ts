import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import * as v from 'valibot';
import { LabError } from '@shared/errors';
import { storageError } from '../db/errors';
import { takeFileLock } from '../db/lock';
import type { Layout } from './layout';
import { processLiveness, processStartedMs } from './process-identity';

const Owner = v.object({
  pid: v.number(),
  startedMs: v.nullable(v.number()),
  hostname: v.string(),
  sinceMs: v.number(),
});

export interface HostLock {
  /** True when the last host of this workspace ended without closing it. */
  readonly afterCrash: boolean;
  /** True in a copy of a workspace whose own host is still at work: the workers its jobs name are that host's. */
  readonly copyOfOpen: boolean;
  release(): void;
}

/**
 * Makes this process the only host of a workspace. The lock itself is the operating system's and
 * ends with the process; the note beside it (`host.json`) says who holds it, and its being left over
 * says that the last host was killed.
 * @throws LabError `locked` naming the other process, or `read-only`
 */
export function lockWorkspace(layout: Layout): HostLock {
  const release = takeFileLock(layout.lock);
  if (!release) throw new LabError(lockedBy(layout));
  try {
    const afterCrash = existsSync(layout.owner);
    const last = readOwner(layout.owner);
    const copyOfOpen = last !== null && processLiveness(last.pid, last.startedMs) === 'alive';
    const owner: v.InferOutput<typeof Owner> = {
      pid: process.pid,
      startedMs: processStartedMs(process.pid),
      hostname: hostname(),
      sinceMs: Date.now(),
    };
    writeFileSync(layout.owner, `${JSON.stringify(owner)}\n`);
    return {
      afterCrash,
      copyOfOpen,
      release: () => {
        rmSync(layout.owner, { force: true });
        release();
      },
    };
  } catch (thrown) {
    release();
    throw storageError(thrown, layout.root);
  }
}

function lockedBy(layout: Layout): ConstructorParameters<typeof LabError>[0] {
  const owner = readOwner(layout.owner);
  const who = owner ? `process ${owner.pid} on ${owner.hostname}` : 'another process';
  return {
    kind: 'locked',
    message: `the workspace ${layout.root} is open in another lab (${who})`,
    safe: 'Nothing was changed.',
    next: owner
      ? `Use that window, or close it (process ${owner.pid}), then open the workspace here.`
      : 'Close the other lab, then open the workspace here.',
    details: owner ? { ...owner } : {},
  };
}

function readOwner(path: string): v.InferOutput<typeof Owner> | null {
  if (!existsSync(path)) return null;
  try {
    const parsed = v.safeParse(Owner, JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.output : null;
  } catch (thrown) {
    // The other host may be writing it this moment; the lock is what counts, this is its label.
    if (thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}
