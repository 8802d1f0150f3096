import { fork } from 'node:child_process';
import type { WorkerMessage } from '@shared/worker-protocol';
import type { WorkerTransport } from './worker-transport';

/** How much of the worker's standard error is kept, in characters. */
const keptErrorLength = 8000;

/** A send to a process that has just died is no error of its own: `close` tells of the death. */
const told = (): void => undefined;

/**
 * Starts the worker as a Node child process.
 * @param entry the built worker, `out/main/worker.js`
 * @param nodePath Node binary; this process's own by default
 * @param env variables added to this process's own
 */
export function forkTransport(
  entry: string,
  nodePath: string = process.execPath,
  env: Readonly<Record<string, string>> = {},
): WorkerTransport {
  return (listeners) => {
    let stderr = '';
    let ended = false;
    const end = (code: number | null, signal: string | null): void => {
      if (ended) return;
      ended = true;
      listeners.exit({ code, signal, stderr });
    };
    const child = fork(entry, [], {
      execPath: nodePath,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...env },
      execArgv: [],
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-keptErrorLength);
    });
    child.on('message', (message) => listeners.message(message as WorkerMessage));
    child.on('error', (error) => {
      stderr += `\n${error.message}`;
      if (child.pid === undefined) end(null, null);
    });
    // `close` comes after the pipes are drained, so nothing the worker said is lost.
    child.on('close', end);
    return {
      pid: child.pid ?? null,
      send: (message) => {
        if (child.connected) child.send(message, told);
      },
      kill: () => void child.kill('SIGKILL'),
    };
  };
}
