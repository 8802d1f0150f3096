import type { JobPayload, TrainSummary } from '@shared/worker-protocol';
import { attack } from './executors/attack';
import { evaluate } from './executors/evaluate';
import { norms } from './executors/norms';
import { train } from './executors/train';
import type { Job } from './job';

/**
 * Does what a payload asks for. Rejects with LabError `cancelled` where it is stopped on request.
 * @param feeder URL of the file that cuts training batches in a thread (data/feeder.ts)
 */
export function execute(
  payload: JobPayload,
  job: Job,
  feeder: string,
): Promise<TrainSummary | null> {
  switch (payload.kind) {
    case 'train':
      return train(payload, job, feeder);
    case 'evaluate':
      return evaluate(payload, job);
    case 'attack':
      return attack(payload, job);
    case 'norms':
      return norms(payload, job);
  }
}
