import type { EngineName } from '@shared/domain/catalogue';
import type { TrialResult } from '@shared/domain/preflight';
import { LabError, must } from '@shared/errors';
import type { TrialPayload } from '@shared/worker-protocol';
import { deferred } from '../jobs/deferred';
import { WorkerHost } from '../jobs/worker-host';
import type { WorkerTransport } from '../jobs/worker-transport';

export interface Tried {
  readonly result: TrialResult;
  readonly engine: EngineName;
}

/** Long enough for the heaviest model on a slow computer; the person can close the lab meanwhile. */
const timeoutMs = 1_800_000;
const graceMs = 5000;

/**
 * Measures one trial in a worker process of its own, which ends with it: its high-water mark of memory
 * is then that of the trial, and a trial that runs out of memory takes nothing else with it.
 * @throws LabError `out-of-memory` or `worker-died` where the process was ended, else as the trial says
 */
export async function runTrial(
  transport: WorkerTransport,
  engine: EngineName | null,
  payload: TrialPayload,
  signal: AbortSignal,
): Promise<Tried> {
  const answer = deferred<TrialResult>();
  // Whoever gives up first is told; the others come too late to matter.
  answer.promise.catch(() => undefined);
  const worker = new WorkerHost({ transport, engine });
  worker.listen({
    job: (message) => {
      if (message.type === 'failed') answer.reject(new LabError(message.error));
      else if (message.type === 'done') {
        answer.resolve(must(message.trial, 'a trial that is done tells what it measured'));
      }
    },
    alive: () => undefined,
    engine: () => undefined,
    exit: (error) => answer.reject(new LabError(error)),
  });
  const stop = (): void => answer.reject(tooLong());
  const timer = setTimeout(stop, timeoutMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const { name } = await worker.ready();
    worker.startJob(1, payload);
    return { result: await answer.promise, engine: name };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    await worker.shutdown(graceMs);
  }
}

function tooLong(): LabError {
  return new LabError({
    kind: 'cancelled',
    message: 'the trial was stopped before it had measured anything',
    safe: 'Nothing was stored.',
    next: 'Try again; the training can be started without it too.',
  });
}
