import { parentPort, Worker, workerData } from 'node:worker_threads';
import { LabError, type LabErrorData } from '@shared/errors';
import { toFailure } from '../failure';

/**
 * Work on one weight file in a thread of its own: files come from anywhere and may be half a
 * gigabyte, and a running job must neither wait for one nor die of one. The thread runs the worker's
 * own file, which calls `serveFileThread` there.
 */
interface ThreadData {
  readonly role: string;
  readonly input: unknown;
}

type Reply = { readonly result: unknown } | { readonly error: LabErrorData };

/** Which part of the worker's file a thread is to be. */
export function threadRole(): string {
  return (workerData as ThreadData).role;
}

/** The thread's side: does its one piece of work and answers. */
export function serveFileThread<In, Out>(work: (input: In) => Promise<Out>): void {
  const port = parentPort;
  if (!port) throw new Error('serveFileThread: runs in a thread only');
  work((workerData as ThreadData).input as In).then(
    (result) => port.postMessage({ result } satisfies Reply),
    (thrown: unknown) => port.postMessage({ error: toFailure(thrown) } satisfies Reply),
  );
}

/**
 * The other side: what came of it.
 * @param entry URL of the file that calls `serveFileThread` for this role when it runs in a thread
 * @throws LabError as the work does
 */
export async function inFileThread<In, Out>(role: string, input: In, entry: string): Promise<Out> {
  const data: ThreadData = { role, input };
  const thread = new Worker(new URL(entry), { workerData: data });
  try {
    return await new Promise<Out>((resolve, reject) => {
      thread.on('message', (reply: Reply) => {
        if ('result' in reply) resolve(reply.result as Out);
        else reject(new LabError(reply.error));
      });
      thread.on('error', reject);
      thread.on('exit', () => reject(new Error(`the thread "${role}" has ended`)));
    });
  } finally {
    await thread.terminate();
  }
}
