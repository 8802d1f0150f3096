import { LabError, type LabErrorData } from '@shared/errors';
import type { Args, EventData, EventName, Method, Result } from '@shared/rpc';
import type { Connection } from './connection';

/** What the preload script puts on `window.lab`; replies are data, since IPC loses error classes. */
export interface LabBridge {
  call(
    method: string,
    args: unknown,
  ): Promise<{ readonly result: unknown } | { readonly error: LabErrorData }>;
  on(event: string, listener: (data: unknown) => void): () => void;
  /** Empty for a file that lies nowhere, such as one dragged out of another page. */
  pathOf(file: File): string;
}

declare global {
  interface Window {
    readonly lab?: LabBridge;
  }
}

/** RPC over Electron's bridge, which cannot break while the window lives. */
export function bridgeConnection(bridge: LabBridge): Connection {
  return {
    status: 'open',
    onStatus: () => () => undefined,
    pathOf: (file) => bridge.pathOf(file) || null,
    upload: (file) => Promise.reject(nowhere(file)),
    async call<M extends Method>(method: M, args: Args<M>): Promise<Result<M>> {
      const reply = await bridge.call(method, args);
      if ('error' in reply) throw new LabError(reply.error);
      return reply.result as Result<M>;
    },
    on<E extends EventName>(event: E, listener: (data: EventData<E>) => void): () => void {
      return bridge.on(event, (data) => listener(data as EventData<E>));
    },
  };
}

function nowhere(file: File): LabError {
  return new LabError({
    kind: 'missing-file',
    message: `"${file.name}" lies in no folder of this computer`,
    safe: 'Nothing was added.',
    next: 'Save it to a folder first, then drop it from there.',
  });
}
