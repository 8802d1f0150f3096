import { mkdirSync } from 'node:fs';
import type { Warning } from '@shared/domain/run';
import { must } from '@shared/errors';
import { addWarning } from '../db/results';
import { getRun, setRunEngine } from '../db/runs';
import { processStartedMs } from '../workspace/process-identity';
import type { ActiveJob } from './active-job';
import type { JobBoard } from './board';
import { moveJob } from './moves';
import { preparePayload } from './payload';
import { rewindTo } from './recorder';
import type { WorkerHost } from './worker-host';

/**
 * Gives a queued job to the worker: loads the engine, takes the job's lease, and in the same
 * transaction goes back to the checkpoint it continues from.
 * @param wanted asked after the engine is loaded, which takes seconds: may the job still start?
 * @returns false where it no longer may
 * @throws LabError where the engine, the originals or the weights are not to be had
 */
export async function launch(
  active: ActiveJob,
  board: JobBoard,
  worker: WorkerHost,
  wanted: () => boolean,
): Promise<boolean> {
  const { db, layout } = board;
  const { id, runId } = active.job;
  if (!worker.engineState.current) board.note(id, 'loading the compute engine');
  const engine = await worker.ready();
  const job = board.get(id);
  if (!wanted() || job.state !== 'queued') return false;
  const { payload, fromStep } = preparePayload(db, layout, job);
  mkdirSync(layout.cache, { recursive: true });
  if (payload.kind === 'train') mkdirSync(payload.checkpointDir, { recursive: true });
  if (payload.kind === 'attack') mkdirSync(payload.imageDir, { recursive: true });
  if (payload.kind === 'fit') {
    mkdirSync(layout.fit(id), { recursive: true });
    mkdirSync(payload.resultDir, { recursive: true });
  }
  const pid = must(worker.pid, 'a worker that has loaded an engine has a process number');
  db.transaction(() => {
    if (job.kind === 'train') {
      const before = getRun(db, runId).engine;
      if (fromStep > 0 && before !== null && before !== engine.name) {
        addWarning(db, id, engineChanged(before, engine.name, fromStep), Date.now());
      }
      rewindTo(db, runId, fromStep);
      setRunEngine(db, runId, engine);
    }
    moveJob(db, id, 'running', {
      engine: engine.name,
      lease: { pid, startedMs: processStartedMs(pid) },
      heartbeatMs: Date.now(),
      startedAtMs: job.startedAtMs ?? Date.now(),
    });
  });
  board.tell(board.get(id));
  worker.startJob(id, payload);
  active.begin();
  return true;
}

/** Engines round differently, so the run is no longer what one engine alone would have made. */
function engineChanged(before: string, now: string, step: number): Warning {
  return {
    code: 'engine-changed',
    message: `trained on ${before} up to step ${step} and on ${now} from there`,
  };
}
