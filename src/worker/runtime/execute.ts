import type { TrialResult } from '@shared/domain/preflight';
import type { FitSummary, JobPayload, TrainSummary } from '@shared/worker-protocol';
import { attack } from './executors/attack';
import { evaluate } from './executors/evaluate';
import { fit } from './executors/fit';
import { norms } from './executors/norms';
import { takeAsImported } from './executors/take-as-imported';
import { train } from './executors/train';
import { trial } from './executors/trial';
import type { Job } from './job';

/** What a job leaves behind beside its rows. */
export interface JobResult {
  readonly train?: TrainSummary;
  readonly fit?: FitSummary;
  readonly trial?: TrialResult;
}

/**
 * Does what a payload asks for. Rejects with LabError `cancelled` where it is stopped on request.
 * @param feeder URL of the file that cuts training batches in a thread (data/feeder.ts)
 */
export async function execute(payload: JobPayload, job: Job, feeder: string): Promise<JobResult> {
  switch (payload.kind) {
    case 'train':
      return {
        train: payload.imported
          ? await takeAsImported(payload, payload.imported.scale, job)
          : await train(payload, job, feeder),
      };
    case 'evaluate':
      await evaluate(payload, job);
      return {};
    case 'attack':
      await attack(payload, job);
      return {};
    case 'norms':
      await norms(payload, job);
      return {};
    case 'trial':
      return { trial: await trial(payload, job) };
    case 'fit':
      return { fit: await fit(payload, job) };
  }
}
