import { canonical } from '@shared/canonical';
import { completeSpec } from '@shared/complete-spec';
import type { Catalogue } from '@shared/domain/catalogue';
import type { GridPlan, GridRequest } from '@shared/domain/group';
import { LabError } from '@shared/errors';
import { insertGroup } from '../db/groups';
import type { ReadableDb } from '../db/handle';
import { insertJob, listJobsOfRun, type JobRecord } from '../db/jobs';
import { finishedImages } from '../db/results';
import { getSplit } from '../db/splits';
import { listWeights } from '../db/weights';
import { attackJobs, type NewAttack } from './attack-jobs';
import { attackPaces } from './attack-pace';
import type { JobBoard } from './board';
import { checkBatch } from './start-batch';

/** An attack on a run: the job that does it already, if there is one. */
interface Cell {
  readonly attack: number;
  readonly runId: number;
  readonly modelId: string;
  readonly images: number;
  readonly job: NewAttack;
  readonly known: JobRecord | null;
}

/** Twins stand side by side, so that the first pairs of numbers can be compared early. */
function cells(db: ReadableDb, catalogue: Catalogue, request: GridRequest): Cell[] {
  const { side, limit } = request;
  const runs = checkBatch(db, request);
  const jobs = new Map(runs.map(({ id }) => [id, newestFirst(listJobsOfRun(db, id))]));
  const stored = listWeights(db);
  const found = request.attacks.flatMap((choice, attack) => {
    const newJob = attackJobs(catalogue, { side, limit }, choice, stored);
    return runs.map((run): Cell => {
      const count = getSplit(db, run.spec.splitId).counts[side];
      const job = newJob(run.id);
      const key = canonical(job.spec);
      return {
        attack,
        runId: run.id,
        modelId: run.spec.modelId,
        images: Math.min(count, limit ?? count),
        job,
        known:
          jobs.get(run.id)?.find((one) => canonical(completeSpec(one.spec, catalogue)) === key) ??
          null,
      };
    });
  });
  refuseTwice(found);
  return found;
}

/** A job that was taken out of the queue is not what anybody wants continued. */
function newestFirst(jobs: readonly JobRecord[]): JobRecord[] {
  return jobs.filter(({ state }) => state !== 'cancelled').reverse();
}

function refuseTwice(found: readonly Cell[]): void {
  const seen = new Set<string>();
  for (const { job } of found) {
    const key = canonical(job.spec);
    if (seen.has(key)) {
      throw new LabError({
        kind: 'bad-input',
        message: `${job.label ?? job.action} is chosen twice for one run with the same settings`,
        safe: 'Nothing was started.',
        next: 'Take one of the two out, or change its settings.',
      });
    }
    seen.add(key);
  }
}

/** What a grid would do, cell by cell; nothing is stored. @throws LabError `bad-input` */
export function planGrid(db: ReadableDb, catalogue: Catalogue, request: GridRequest): GridPlan {
  const paceOf = attackPaces(db);
  return {
    cells: cells(db, catalogue, request).map(({ attack, runId, modelId, images, job, known }) => {
      const done = known ? finishedImages(db, 'attack', known.id).size : 0;
      const pace = paceOf(modelId, job.spec);
      return {
        runId,
        attack,
        label: job.label ?? job.action,
        images,
        done,
        jobId: known?.id ?? null,
        estimateMs: done >= images ? 0 : pace === null ? null : pace * (images - done),
      };
    }),
  };
}

/**
 * Queues every cell that has no job yet and binds all of them into a group.
 * @returns the group's id
 * @throws LabError `bad-input` or `conflict`; then nothing was queued
 */
export function startGrid(board: JobBoard, catalogue: Catalogue, request: GridRequest): number {
  const { db } = board;
  const createdAtMs = Date.now();
  const started: number[] = [];
  const groupId = db.transaction(() => {
    const found = cells(db, catalogue, request);
    const members = found.map((cell) => {
      if (cell.known) return { jobId: cell.known.id, units: cell.images };
      const jobId = insertJob(db, { ...cell.job, createdAtMs });
      started.push(jobId);
      return { jobId, units: cell.images };
    });
    const name = request.name.trim() || usualName(request);
    const group = { kind: 'attack-grid' as const, name, unit: 'images', members, createdAtMs };
    return insertGroup(db, group);
  });
  for (const id of started) board.tell(board.get(id));
  return groupId;
}

function usualName({ attacks, runIds, side }: GridRequest): string {
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  return `${count(attacks.length, 'attack')} on ${count(runIds.length, 'run')}, ${side} pictures`;
}
