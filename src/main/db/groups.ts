import type { CellNumbers, GroupKind, JobGroup } from '@shared/domain/group';
import { LabError } from '@shared/errors';
import { ssimGate } from '@shared/study/ssim-share';
import type { ReadableDb, WritableDb } from './handle';

interface GroupRow {
  readonly id: number;
  readonly kind: GroupKind;
  readonly name: string;
  readonly unit: string;
  readonly createdAtMs: number;
}

const columns = 'g.id, g.kind, g.name, g.unit, g.created_at_ms AS createdAtMs';

/** Groups that still have jobs of runs outside the bin, newest first. */
export function listGroups(db: ReadableDb): JobGroup[] {
  return db
    .all<GroupRow>(`SELECT ${columns} FROM job_groups g ORDER BY g.id DESC`)
    .map((row) => withMembers(db, row))
    .filter(({ members }) => members.length > 0);
}

/** @throws LabError `not-found` */
export function getGroup(db: ReadableDb, id: number): JobGroup {
  const row = db.get<GroupRow>(`SELECT ${columns} FROM job_groups g WHERE g.id = @id`, { id });
  if (row) return withMembers(db, row);
  throw new LabError({
    kind: 'not-found',
    message: `there is no group of jobs ${id} in this workspace`,
    next: 'Reload the list.',
  });
}

function withMembers(db: ReadableDb, row: GroupRow): JobGroup {
  const members = db.all<JobGroup['members'][number]>(
    `SELECT m.job_id AS jobId, m.units FROM job_group_members m
     JOIN jobs j ON j.id = m.job_id JOIN runs r ON r.id = j.run_id
     WHERE m.group_id = @id AND r.deleted_at_ms IS NULL ORDER BY m.position`,
    { id: row.id },
  );
  return { ...row, members };
}

/** The newest group of a kind with exactly these jobs in this order: asked for again, it is the same. */
export function findGroup(
  db: ReadableDb,
  kind: GroupKind,
  jobIds: readonly number[],
): number | undefined {
  const rows = db.all<{ id: number; jobs: string }>(
    `SELECT g.id, (SELECT json_group_array(job_id) FROM
       (SELECT job_id FROM job_group_members WHERE group_id = g.id ORDER BY position)) AS jobs
     FROM job_groups g WHERE g.kind = @kind ORDER BY g.id DESC`,
    { kind },
  );
  return rows.find(({ jobs }) => jobs === JSON.stringify(jobIds))?.id;
}

/** What the attacks of a group have done so far, made from their rows in one query. */
export function cellNumbers(db: ReadableDb, groupId: number): CellNumbers[] {
  return db.all<CellNumbers>(
    `SELECT m.job_id AS jobId, count(a.image_id) AS images,
       sqrt(avg((a.attacked_float - a.clean) * (a.attacked_float - a.clean))) AS rmse,
       avg(abs(a.attacked_float - a.clean)) AS meanChange,
       avg(json_extract(a.ssim, @path) > @above) AS ssimShare
     FROM job_group_members m JOIN jobs j ON j.id = m.job_id
     LEFT JOIN attack_rows a ON a.job_id = m.job_id
     WHERE m.group_id = @groupId AND j.kind = 'attack'
     GROUP BY m.position ORDER BY m.position`,
    { groupId, path: `$."${ssimGate.variant}"`, above: ssimGate.above },
  );
}

/** Stores a group and its members in their order; returns its id. */
export function insertGroup(db: WritableDb, group: Omit<JobGroup, 'id'>): number {
  const { kind, name, unit, members, createdAtMs } = group;
  return db.transaction(() => {
    const { id } = db.run(
      `INSERT INTO job_groups (kind, name, unit, created_at_ms)
       VALUES (@kind, @name, @unit, @createdAtMs)`,
      { kind, name, unit, createdAtMs },
    );
    members.forEach(({ jobId, units }, position) =>
      db.run(
        `INSERT INTO job_group_members (group_id, position, job_id, units)
         VALUES (@id, @position, @jobId, @units)`,
        { id, position, jobId, units },
      ),
    );
    return id;
  });
}
