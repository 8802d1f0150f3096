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
