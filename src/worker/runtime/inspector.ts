import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { WeightFacts } from '@shared/domain/weights';
import { LabError, type LabErrorData } from '@shared/errors';
import { toFailure } from '../failure';

/**
 * Reads one weight file in a thread of its own: files come from anywhere and may be half a gigabyte,
 * and a running job must neither wait for one nor die of one. The thread runs the worker's own file,
 * which calls `inspect` there.
 */
interface InspectorData {
  readonly role: 'inspector';
  readonly path: string;
}

type Reply = { readonly facts: WeightFacts } | { readonly error: LabErrorData };

/** Which part of the worker's file a thread is to be. */
export function threadRole(): 'inspector' | 'feeder' {
  const { role } = workerData as { role: 'inspector' | 'feeder' };
  return role;
}

/** The thread's side: answers once. */
export function inspect(read: (path: string) => Promise<WeightFacts>): void {
  const port = parentPort;
  if (!port) throw new Error('inspect: runs in a thread only');
  const { path } = workerData as InspectorData;
  read(path).then(
    (facts) => port.postMessage({ facts } satisfies Reply),
    (thrown: unknown) => port.postMessage({ error: toFailure(thrown) } satisfies Reply),
  );
}

/**
 * What a weight file is.
 * @param entry URL of the file that calls `inspect` when it runs in a thread
 * @throws LabError saying why it is nothing the lab knows
 */
export async function inspectInThread(path: string, entry: string): Promise<WeightFacts> {
  const data: InspectorData = { role: 'inspector', path };
  const thread = new Worker(new URL(entry), { workerData: data });
  try {
    return await new Promise<WeightFacts>((resolve, reject) => {
      thread.on('message', (reply: Reply) => {
        if ('facts' in reply) resolve(reply.facts);
        else reject(new LabError(reply.error));
      });
      thread.on('error', reject);
      thread.on('exit', () => reject(new Error('the thread that reads weights has ended')));
    });
  } finally {
    await thread.terminate();
  }
}
