import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runtimeDir } from './paths.mjs';
import { say } from './steps.mjs';

/** Whether a process with this id runs on this machine. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM'; // It runs, under another user.
  }
}

/**
 * Runs work while holding a lock file, so that two commands started together do not install over
 * each other. The lock of a process that no longer runs is taken over.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {{onWait?: (pid: number) => void, pollMs?: number}} [options]
 * @returns {Promise<T>}
 */
export async function withLock(file, work, { onWait, pollMs = 250 } = {}) {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  let namelessPolls = 0; // A holder that died between creating the file and writing its id into it.
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(readHolder(file));
    namelessPolls = holder > 0 ? 0 : namelessPolls + 1;
    if (holder > 0 ? !isAlive(holder) : namelessPolls > 20) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told && holder > 0) {
      onWait?.(holder);
      told = true;
    }
    await sleep(pollMs);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** withLock for set-up as a whole: one command installs and builds at a time. */
export function withSetupLock(work) {
  const file = join(runtimeDir, 'setup.lock');
  return withLock(file, work, {
    onWait: (pid) =>
      say(`  waiting for the set-up that another command (process ${pid}) is doing ...`),
  });
}

function readHolder(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return ''; // Released between our two calls.
    throw error;
  }
}
