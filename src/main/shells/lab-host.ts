import type { MediaKind, RpcClient } from '@shared/rpc';

/** A picture or exported file, ready to be sent: a file on disk or bytes made on the fly. */
export type Media =
  | { readonly path: string; readonly contentType: string }
  | { readonly buffer: Uint8Array; readonly contentType: string };

/** What a shell needs of the lab; `createLab` (src/main/lab.ts) returns it. */
export interface LabHost extends RpcClient {
  /**
   * Runs a method named by an untrusted caller after checking name and arguments.
   * @throws LabError `bad-input` for an unknown method or wrong arguments.
   */
  dispatch(method: string, args: unknown): Promise<unknown>;
  /** Looks a medium up by kind and id; null when there is none. */
  media(kind: MediaKind, id: string): Promise<Media | null>;
  /** Asks the running job to save its state, releases the workspace and ends the worker. */
  close(): Promise<void>;
}
