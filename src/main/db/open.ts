import { existsSync, renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { LabError } from '@shared/errors';
import { damaged, storageError } from './errors';
import type { WritableDb } from './handle';
import { wrapConnection } from './handle';
import type { NumberedMigration } from './migrations';
import { migrations as allMigrations } from './migrations';

/** Marks the file as ours in its header: the letters "IQAL". */
const applicationId = 0x4951414c;

export interface OpenOptions {
  /** Read every page once; done after a crash, because it takes seconds on a large file. */
  readonly check?: boolean;
  /** Migrations to bring the file to; tests stop at an earlier version. */
  readonly migrations?: readonly NumberedMigration[];
}

/**
 * Opens or creates a workspace's database and brings it to this program's version. A file that
 * already holds data is copied beside itself before it is changed.
 * @param path file, or `:memory:`
 * @throws LabError `newer-version`, `unreadable-file`, `read-only`, `disk-full` or `locked`
 */
export function openDatabase(path: string, options: OpenOptions = {}): WritableDb {
  const { check = false, migrations = allMigrations } = options;
  try {
    return open(path, check, migrations);
  } catch (thrown) {
    throw storageError(thrown, path);
  }
}

function open(path: string, check: boolean, migrations: readonly NumberedMigration[]): WritableDb {
  const existing = path !== ':memory:' && existsSync(path);
  const connection = new Database(path);
  try {
    const version = Number(connection.pragma('user_version', { simple: true }));
    const owner = Number(connection.pragma('application_id', { simple: true }));
    if (existing && version > 0 && owner !== applicationId) throw new LabError(damaged(path));
    refuseNewer(path, version, migrations.length);
    connection.pragma('busy_timeout = 5000');
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    if (check && connection.pragma('quick_check(1)', { simple: true }) !== 'ok') {
      throw new LabError(damaged(path));
    }
    const db = wrapConnection(connection);
    if (existing && version > 0 && version < migrations.length) backUp(db, path, version);
    migrate(db, version, migrations);
    return db;
  } catch (thrown) {
    connection.close();
    throw thrown;
  }
}

function refuseNewer(path: string, version: number, known: number): void {
  if (version <= known) return;
  throw new LabError({
    kind: 'newer-version',
    message: `${path} was written by a newer version of the lab (format ${version}, this version reads up to ${known})`,
    safe: 'The file was not changed.',
    next: 'Install the newer version of the lab to open this workspace.',
    details: { path, version, known },
  });
}

/** A consistent copy, write-ahead log included; an older copy of the same version is kept. */
function backUp(db: WritableDb, path: string, version: number): void {
  const copy = `${path}.before-v${version + 1}`;
  if (existsSync(copy)) return;
  const unfinished = `${copy}.unfinished`;
  rmSync(unfinished, { force: true });
  db.run('VACUUM INTO @unfinished', { unfinished });
  renameSync(unfinished, copy);
}

/** Runs what is missing, each step in one transaction together with the version that counts it. */
function migrate(db: WritableDb, from: number, migrations: readonly NumberedMigration[]): void {
  for (const { version, up } of migrations.slice(from)) {
    db.transaction(() => {
      up(db);
      db.exec(`PRAGMA user_version = ${version}; PRAGMA application_id = ${applicationId};`);
    });
  }
}
