import { utilityProcess } from 'electron';
import type { WorkerMessage } from '@shared/worker-protocol';
import type { WorkerTransport } from '../../jobs/worker-transport';

/** How much of the worker's standard error is kept, in characters. */
const keptErrorLength = 8000;

/**
 * Starts the worker as one of Electron's utility processes.
 * @param entry the built worker, `out/main/worker.js`
 */
export function utilityTransport(entry: string): WorkerTransport {
  return (listeners) => {
    let stderr = '';
    const child = utilityProcess.fork(entry, [], {
      serviceName: 'IQA Robustness Lab worker',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-keptErrorLength);
    });
    child.on('message', (message: WorkerMessage) => listeners.message(message));
    child.on('error', (type, location) => {
      stderr += `\n${type} at ${location}`;
    });
    // Electron gives one number for both ways of ending; a crash also writes to standard error.
    child.on('exit', (code) => listeners.exit({ code, signal: null, stderr }));
    return {
      get pid() {
        return child.pid ?? null;
      },
      send: (message) => child.postMessage(message),
      kill: () => void child.kill(),
    };
  };
}
