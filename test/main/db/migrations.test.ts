import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/main/db/open';
import type { Migration, NumberedMigration } from '../../../src/main/db/migrations';
import { migrations, orderMigrations } from '../../../src/main/db/migrations';
import { temporaryFolder } from '../../helpers/workspace';

const nothing: Migration = () => undefined;

describe('the order of migrations', () => {
  it('follows the numbers of the files, whatever order they come in', () => {
    const ordered = orderMigrations({ './0002-b.ts': nothing, './0001-a.ts': nothing });
    expect(ordered.map((migration) => migration.name)).toEqual(['0001-a', '0002-b']);
  });
  it.each([
    ['a gap', { './0001-a.ts': nothing, './0003-b.ts': nothing }, /0003-b: expected number 2/],
    [
      'a duplicate',
      { './0001-a.ts': nothing, './0001-b.ts': nothing },
      /0001-b: expected number 2/,
    ],
    ['a file without a number', { './later.ts': nothing }, /later\.ts/],
  ])('refuses %s', (_what, modules, message) => {
    expect(() => orderMigrations(modules)).toThrow(message);
  });
});

/** The next version of the schema, as a later release would add it. */
const next: NumberedMigration = {
  version: migrations.length + 1,
  name: 'next',
  up: (db) => db.exec('ALTER TABLE workspace ADD COLUMN note TEXT'),
};
const broken: NumberedMigration = {
  ...next,
  up: (db) => {
    next.up(db);
    db.run("UPDATE workspace SET note = 'half done'");
    throw new Error('no power');
  },
};

function fileWithAWorkspace(): string {
  const path = join(temporaryFolder(), 'lab.sqlite');
  const db = openDatabase(path);
  db.run(
    `INSERT INTO workspace (id, name, created_at_ms, app_version)
     VALUES (1, 'ä <b> 数据''s', 1, '0')`,
  );
  db.close();
  return path;
}

it('keeps both runs of every pair when pairs come to name their runs', () => {
  const path = join(temporaryFolder(), 'lab.sqlite');
  const old = openDatabase(path, { migrations: migrations.slice(0, 4) });
  old.exec(`PRAGMA foreign_keys = OFF;
    INSERT INTO pairs (id, name, created_at_ms) VALUES (1, 'first', 1), (2, 'second', 2);
    INSERT INTO runs (id, pair_id, regime, name, dataset_id, split_id, model_id, model_title, spec,
      selection, epochs_total, dataset_hash, split_hash, app_version, created_at_ms)
    SELECT value, (value + 1) / 2, iif(value % 2, 'baseline', 'nt'), 'run', 1, 1, 'toy', 'Toy', '{}',
      'last', 1, 'd', 's', '0', 1 FROM json_each('[1, 2, 3, 4]');`);
  old.close();
  const db = openDatabase(path);
  expect(db.all('SELECT id, baseline_run_id AS b, nt_run_id AS n FROM pairs ORDER BY id')).toEqual([
    { id: 1, b: 1, n: 2 },
    { id: 2, b: 3, n: 4 },
  ]);
  db.close();
});

it('keeps every job with its kind and its rows when kinds are no longer listed in the schema', () => {
  const path = join(temporaryFolder(), 'lab.sqlite');
  const old = openDatabase(path, { migrations: migrations.slice(0, 6) });
  old.exec(`PRAGMA foreign_keys = OFF;
    INSERT INTO runs (id, regime, name, dataset_id, split_id, model_id, model_title, spec, selection,
      epochs_total, dataset_hash, split_hash, app_version, created_at_ms)
    VALUES (1, 'nt', 'run', 1, 1, 'toy', 'Toy', '{}', 'last', 1, 'd', 's', '0', 1);
    INSERT INTO jobs (id, kind, run_id, spec, action, state, position, created_at_ms)
    VALUES (1, 'train', 1, '{}', 'a', 'done', 1, 1), (2, 'norms', 1, '{"ä":1}', 'b', 'queued', 2, 2);
    INSERT INTO warnings (job_id, code, message, created_at_ms) VALUES (2, 'c', 'm', 1);
    PRAGMA foreign_keys = ON;`);
  old.close();
  const db = openDatabase(path);
  expect(db.all('SELECT id, kind, spec FROM jobs ORDER BY id')).toEqual([
    { id: 1, kind: 'train', spec: '{}' },
    { id: 2, kind: 'norms', spec: '{"ä":1}' },
  ]);
  expect(db.all('SELECT job_id AS id FROM warnings')).toEqual([{ id: 2 }]);
  const insert = (kind: string) =>
    db.run(
      `INSERT INTO jobs (kind, run_id, spec, action, state, position, created_at_ms)
       VALUES (@kind, 1, '{}', 'a', 'done', 3, 3)`,
      { kind },
    );
  expect(() => insert('train')).toThrow(/UNIQUE/);
  expect(insert('fit').changes).toBe(1);
  db.close();
});

describe('opening a database', () => {
  it('backs an existing file up before it migrates it, and keeps every row', () => {
    const path = fileWithAWorkspace();
    const db = openDatabase(path, { migrations: [...migrations, next] });
    expect(db.all('SELECT name, note FROM workspace')).toEqual([
      { name: "ä <b> 数据's", note: null },
    ]);
    db.close();
    const backup = new Database(`${path}.before-v${next.version}`, { readonly: true });
    expect(backup.prepare('SELECT * FROM workspace').all()).toEqual([
      { id: 1, name: "ä <b> 数据's", created_at_ms: 1, app_version: '0' },
    ]);
    expect(backup.pragma('user_version', { simple: true })).toBe(migrations.length);
    backup.close();
  });

  it('keeps scores and attacks from before queries and bounds were stored', () => {
    const path = join(temporaryFolder(), 'lab.sqlite');
    const before = migrations.filter(({ name }) => name < '0009');
    const old = openDatabase(path, { migrations: before });
    // The rows stand alone: what they point to does not matter here.
    old.exec('PRAGMA foreign_keys = OFF');
    old.exec('INSERT INTO score_rows VALUES (1, 2, 50.5, 4)');
    old.exec(
      `INSERT INTO attack_rows VALUES
         (1, 2, 50, 60, 59, 0.005, 0.004, 1, '{}', NULL, 'up', 1, 0, 0, 3, NULL,
          NULL, NULL)`,
    );
    old.close();
    const db = openDatabase(path);
    expect(
      db.all('SELECT score, certified_low AS low, certified_high AS high FROM score_rows'),
    ).toEqual([{ score: 50.5, low: null, high: null }]);
    expect(db.all('SELECT clean, queries, gradients FROM attack_rows')).toEqual([
      { clean: 50, queries: null, gradients: null },
    ]);
    db.close();
  });

  it('writes no backup of a new file', () => {
    const path = join(temporaryFolder(), 'lab.sqlite');
    openDatabase(path).close();
    expect(existsSync(`${path}.before-v1`)).toBe(false);
  });

  it('leaves a file as it was when a migration fails halfway', () => {
    const path = fileWithAWorkspace();
    expect(() => openDatabase(path, { migrations: [...migrations, broken] })).toThrow('no power');
    const db = openDatabase(path);
    expect(Object.keys(db.get('SELECT * FROM workspace') ?? {})).not.toContain('note');
    db.close();
  });

  it('refuses a file from a newer version by name and does not touch it', () => {
    const path = fileWithAWorkspace();
    openDatabase(path, { migrations: [...migrations, next] }).close();
    const before = readFileSync(path);
    expect(() => openDatabase(path)).toThrow(
      expect.objectContaining({
        kind: 'newer-version',
        message: expect.stringContaining('newer version of the lab') as string,
        safe: 'The file was not changed.',
      }),
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('says that a file which is no database is damaged', () => {
    const path = join(temporaryFolder(), 'lab.sqlite');
    writeFileSync(path, 'this is not a database, but it is long enough to look at'.repeat(100));
    expect(() => openDatabase(path)).toThrow(
      expect.objectContaining({ kind: 'unreadable-file' }) as Error,
    );
  });

  it("refuses another program's database", () => {
    const path = join(temporaryFolder(), 'lab.sqlite');
    const other = new Database(path);
    other.exec('CREATE TABLE theirs (id INTEGER); PRAGMA user_version = 1');
    other.close();
    expect(() => openDatabase(path)).toThrow(
      expect.objectContaining({ kind: 'unreadable-file' }) as Error,
    );
  });

  it('finds a damaged page when it is asked to check', () => {
    const path = fileWithAWorkspace();
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 4096, 2 * 4096);
    writeFileSync(path, bytes);
    expect(() => openDatabase(path, { check: true })).toThrow(
      expect.objectContaining({ kind: 'unreadable-file' }) as Error,
    );
  });

  it('commits so that even a power cut loses nothing, and enforces references', () => {
    const path = fileWithAWorkspace();
    const db = openDatabase(path);
    // Bytes 18 and 19 of the header are 2 under write-ahead logging (https://sqlite.org/fileformat.html).
    expect([...readFileSync(path).subarray(18, 20)]).toEqual([2, 2]);
    // 2 is FULL: https://sqlite.org/pragma.html#pragma_synchronous
    expect(db.get('PRAGMA synchronous')).toEqual({ synchronous: 2 });
    expect(db.get('PRAGMA foreign_keys')).toEqual({ foreign_keys: 1 });
    db.close();
  });
});
