import type { WeightOutcome } from '@shared/domain/weights';
import type { RpcClient } from '@shared/rpc';

/** `lost`: the line broke and is being tried again; nothing on screen can be trusted to be current. */
export type ConnectionStatus = 'connecting' | 'open' | 'lost';

/** An RPC client that also says whether anyone is listening. */
export interface Connection extends RpcClient {
  readonly status: ConnectionStatus;
  /** Calls back on every change; returns the function that ends the subscription. */
  /** Where a dropped file lies on this computer; null in a browser page, which is not told. */
  pathOf(file: File): string | null;
  /** Sends the content of a weight file to the lab, for pages that do not know its path. */
  upload(file: File): Promise<WeightOutcome[]>;
  onStatus(listener: (status: ConnectionStatus) => void): () => void;
}
