import type { HostMessage, WorkerMessage } from '@shared/worker-protocol';

/** The one line to the host. */
export interface Port {
  post(message: WorkerMessage): void;
  /** Ends the process once everything posted has left it. */
  close(): void;
}

export interface PortListeners {
  message(message: HostMessage): void;
  /** The host is gone: nobody is left to report to. */
  disconnected(): void;
}

/** The part of Electron's `process.parentPort` (utility process) that is used. */
interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

/**
 * Connects to the host: Electron's utility process has a `parentPort`, a Node child process has IPC.
 * @throws Error where the process was started by hand
 */
export function connect(listeners: PortListeners): Port {
  const { parentPort } = process as unknown as { parentPort?: ParentPort };
  if (parentPort) return electronPort(parentPort, listeners);
  if (process.send) return childPort(process.send.bind(process), listeners);
  throw new Error('the worker is started by the lab, not by hand: it found no line to a host');
}

function electronPort(parent: ParentPort, listeners: PortListeners): Port {
  parent.on('message', ({ data }) => listeners.message(data as HostMessage));
  // Electron ends a utility process together with its parent.
  return {
    post: (message) => parent.postMessage(message),
    close: () => setImmediate(() => process.exit(0)),
  };
}

function childPort(
  send: (message: unknown, callback: (error: Error | null) => void) => boolean,
  listeners: PortListeners,
): Port {
  let unsent = 0;
  let closing = false;
  const sent = (): void => {
    unsent--;
    if (closing && unsent === 0) process.exit(0);
  };
  process.on('message', (message) => listeners.message(message as HostMessage));
  process.on('disconnect', () => listeners.disconnected());
  return {
    post: (message) => {
      if (!process.connected) return;
      unsent++;
      send(message, sent);
    },
    close: () => {
      closing = true;
      if (unsent === 0) process.exit(0);
    },
  };
}
