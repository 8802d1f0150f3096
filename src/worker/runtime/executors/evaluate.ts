import type { ScoreRow } from '@shared/domain/results';
import type { EvaluatePayload } from '@shared/worker-protocol';
import type { Job } from '../job';
import { scorePicture } from '../score-picture';
import { runBatch } from './batch';

/** Scores every picture by the mean over its views. */
export async function evaluate(payload: EvaluatePayload, job: Job): Promise<null> {
  await runBatch<ScoreRow>(payload, job, (run) => {
    const scorer = run.scorer();
    return {
      phase: 'scoring',
      post: (rows) => job.post({ type: 'scores', rows }),
      each: async (sitter) => {
        const score = await scorePicture(scorer, sitter);
        return { row: { imageId: sitter.imageId, score, views: sitter.views.length } };
      },
    };
  });
  return null;
}
