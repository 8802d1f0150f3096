import { canonical } from '@shared/canonical';
import type { AttackSpec } from '@shared/domain/run';
import type { ReadableDb } from '../db/handle';
import { fromJson } from '../db/handle';

interface Timed {
  readonly spec: string;
  readonly modelId: string;
  readonly ms: number;
}

/**
 * How long an attack took per picture before, in milliseconds, on runs of one model: with the same
 * settings where there is such a batch, else the newest batch of the same attack.
 * @returns a function that answers null where the attack was never run on the model
 */
export function attackPaces(db: ReadableDb): (modelId: string, spec: AttackSpec) => number | null {
  const timed = db.all<Timed>(
    `SELECT j.spec, r.model_id AS modelId, avg(a.duration_ms) AS ms
     FROM jobs j JOIN runs r ON r.id = j.run_id JOIN attack_rows a ON a.job_id = j.id
     WHERE j.kind = 'attack' GROUP BY j.id ORDER BY j.id DESC`,
  );
  const known = timed.map(({ spec, ...row }) => ({ ...row, spec: fromJson<AttackSpec>(spec) }));
  return (modelId, spec) => {
    const own = known.filter(
      (row) => row.modelId === modelId && row.spec.attackId === spec.attackId,
    );
    const work = workOf(spec);
    return (own.find((row) => workOf(row.spec) === work) ?? own[0])?.ms ?? null;
  };
}

function workOf({ params, run }: AttackSpec): string {
  return canonical({ params, run });
}
