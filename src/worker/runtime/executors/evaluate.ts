import type { ScoreRow } from '@shared/domain/results';
import type { EvaluatePayload } from '@shared/worker-protocol';
import type { Job } from '../job';
import { openDefence } from '../../defences';
import { scoreDefended, scorePicture } from '../score-picture';
import { runBatch } from './batch';

/** Scores every picture by the mean over its views, behind a defence where the job names one. */
export async function evaluate(payload: EvaluatePayload, job: Job): Promise<null> {
  const { checkpoint } = job.control;
  await runBatch<ScoreRow>(payload, job, (run) => {
    const scorer = run.scorer();
    const { defence } = payload;
    const open = defence && { ...openDefence(defence, payload.seed), on: defence.on };
    return {
      phase: 'scoring',
      post: (rows) => job.post({ type: 'scores', rows }),
      each: async (sitter) => {
        const row = { imageId: sitter.imageId, views: sitter.views.length };
        if (!open) return { row: { ...row, score: await scorePicture(scorer, sitter) } };
        return {
          row: { ...row, ...(await scoreDefended(scorer, sitter, open, open.on, checkpoint)) },
        };
      },
    };
  });
  return null;
}
