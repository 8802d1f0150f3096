import { canonical } from '@shared/canonical';
import type { AttackSpec, Job, NormsSpec, Pair } from '@shared/domain/run';
import type { PairView } from './runs.svelte';

type BatchSpec = AttackSpec | NormsSpec;

/** One setting measured on both twins: the jobs that belong side by side. */
export interface Batch<S extends BatchSpec = BatchSpec> {
  readonly key: string;
  /** Null where the run has no twin. */
  readonly pair: Pair | null;
  readonly spec: S;
  readonly baseline: Job | null;
  readonly nt: Job | null;
  readonly createdAtMs: number;
}

/**
 * Groups batch jobs of one kind by pair and by everything in their spec but the run, newest first.
 * Of two jobs with equal settings on one run the later one is shown.
 */
export function groupBatches<K extends 'attack' | 'norms'>(
  kind: K,
  jobs: readonly Job[],
  pairs: readonly PairView[],
): readonly Batch<Extract<BatchSpec, { kind: K }>>[] {
  type S = Extract<BatchSpec, { kind: K }>;
  const batches = new Map<string, Batch<S>>();
  for (const job of jobs) {
    if (job.spec.kind !== kind) continue;
    const spec = job.spec as S;
    const view = pairs.find(({ pair }) => [pair.baselineRunId, pair.ntRunId].includes(spec.runId));
    const owner = view ? `pair ${view.pair.id}` : `run ${spec.runId}`;
    const key = `${owner} ${canonical({ ...spec, runId: undefined })}`;
    const before = batches.get(key);
    const isNt = view?.pair.ntRunId === spec.runId;
    batches.set(key, {
      key,
      pair: view?.pair ?? null,
      spec,
      baseline: isNt ? (before?.baseline ?? null) : job,
      nt: isNt ? job : (before?.nt ?? null),
      createdAtMs: Math.max(before?.createdAtMs ?? 0, job.createdAtMs),
    });
  }
  return [...batches.values()].sort((a, b) => b.createdAtMs - a.createdAtMs);
}
