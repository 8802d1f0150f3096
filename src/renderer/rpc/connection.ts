import type { RpcClient } from '@shared/rpc';

/** `lost`: the line broke and is being tried again; nothing on screen can be trusted to be current. */
export type ConnectionStatus = 'connecting' | 'open' | 'lost';

/** An RPC client that also says whether anyone is listening. */
export interface Connection extends RpcClient {
  readonly status: ConnectionStatus;
  /** Calls back on every change; returns the function that ends the subscription. */
  onStatus(listener: (status: ConnectionStatus) => void): () => void;
}
