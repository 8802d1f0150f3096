import type { JobPayload, TrainSummary } from '@shared/worker-protocol';
import { attack } from './executors/attack';
import { evaluate } from './executors/evaluate';
import { norms } from './executors/norms';
import { train } from './executors/train';
import type { Job } from './job';

/** Does what a payload asks for. Rejects with LabError `cancelled` where it is stopped on request. */
export function execute(payload: JobPayload, job: Job): Promise<TrainSummary | null> {
  switch (payload.kind) {
    case 'train':
      return train(payload, job);
    case 'evaluate':
      return evaluate(payload, job);
    case 'attack':
      return attack(payload, job);
    case 'norms':
      return norms(payload, job);
  }
}
