import type { AttackRow } from '@shared/domain/results';
import type { FitSummary } from '@shared/worker-protocol';
import { setFitResult } from '../db/fits';
import type { WritableDb } from '../db/handle';
import type { JobRecord } from '../db/jobs';
import { addWarning, replaceTraces, upsertAttacks, upsertNorms, upsertScores } from '../db/results';
import { setSelected, setTrained } from '../db/runs';
import {
  forgetAfterStep,
  listCheckpoints,
  upsertCheckpoint,
  upsertEpoch,
  upsertSteps,
} from '../db/training';
import { insertWeights } from '../db/weights';
import type { Layout } from '../workspace/layout';
import { toArtifactPath } from '../workspace/layout';
import type { JobMessage } from './worker-host-events';

/** Messages that carry something to keep. */
export type RecordMessage = Extract<
  JobMessage,
  { type: 'steps' | 'epoch' | 'checkpoint' | 'scores' | 'attacks' | 'norms' | 'warning' }
>;

/**
 * Stores what one message carries, all or nothing. Repeating a message changes nothing, so that a
 * resumed job may compute again what was in flight when it stopped.
 * @throws LabError `non-finite`, `disk-full` or another storage error; then nothing was stored
 */
export function record(
  db: WritableDb,
  layout: Layout,
  job: JobRecord,
  message: RecordMessage,
): void {
  db.transaction(() => {
    switch (message.type) {
      case 'steps':
        upsertSteps(db, job.runId, message.steps);
        return;
      case 'epoch':
        upsertEpoch(db, job.runId, message.epoch);
        return;
      case 'checkpoint': {
        const { epoch, selected } = message.checkpoint;
        const path = toArtifactPath(layout, layout.checkpoints(job.runId), message.checkpoint.path);
        upsertCheckpoint(db, job.runId, { ...message.checkpoint, path, createdAtMs: Date.now() });
        if (selected) setSelected(db, job.runId, epoch, path);
        return;
      }
      case 'scores':
        upsertScores(db, job.id, message.rows);
        return;
      case 'attacks':
        upsertAttacks(db, job.id, withStoredArtifacts(layout, job.id, message.rows));
        replaceTraces(db, job.id, message.traces);
        return;
      case 'norms':
        upsertNorms(db, job.id, message.rows);
        return;
      case 'warning':
        addWarning(db, job.id, message.warning, Date.now());
        return;
    }
  });
}

function withStoredArtifacts(
  layout: Layout,
  jobId: number,
  rows: readonly AttackRow[],
): AttackRow[] {
  return rows.map((row) =>
    row.artifact === null
      ? row
      : { ...row, artifact: toArtifactPath(layout, layout.attack(jobId), row.artifact) },
  );
}

/** Stores the result of a finished training. */
export function recordTrained(
  db: WritableDb,
  layout: Layout,
  job: JobRecord,
  summary: NonNullable<Extract<JobMessage, { type: 'done' }>['train']>,
): void {
  const folder = layout.checkpoints(job.runId);
  setTrained(db, job.runId, summary, toArtifactPath(layout, folder, summary.selectedCheckpoint));
}

/** Enters the file of a finished fit into the inventory of weights. */
export function recordFitted(
  db: WritableDb,
  layout: Layout,
  job: JobRecord,
  { path, fileName, sha256, sizeBytes, facts }: FitSummary,
): void {
  const stored = toArtifactPath(layout, layout.weights, path);
  insertWeights(db, { sha256, fileName, path: stored, sizeBytes, facts, addedAtMs: Date.now() });
  setFitResult(db, job.id, sha256);
}

/** Goes back to what was recorded up to the checkpoint a training continues from. */
export function rewindTo(db: WritableDb, runId: number, step: number): void {
  forgetAfterStep(db, runId, step);
  const best = listCheckpoints(db, runId).find(({ selected }) => selected === 1);
  setSelected(db, runId, best?.epoch ?? null, best?.path ?? null);
}
