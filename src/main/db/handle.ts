import type Database from 'better-sqlite3';
import { LabError } from '@shared/errors';

export type SqlValue = string | number | null;
/** Named parameters, written `@name` in the statement. */
export type SqlParams = Readonly<Record<string, SqlValue>>;

/** What a function that only reads asks for; a statement that would write is refused. */
export interface ReadableDb {
  get<Row>(sql: string, params?: SqlParams): Row | undefined;
  all<Row>(sql: string, params?: SqlParams): Row[];
}

/** What a function that writes asks for, so that its signature says so. Only the host holds one. */
export interface WritableDb extends ReadableDb {
  /** Number of rows changed and the id of the last inserted one. */
  run(sql: string, params?: SqlParams): { changes: number; id: number };
  /** Statements without parameters: schema changes and pragmas. */
  exec(sql: string): void;
  /** Everything in `work` is stored or nothing is; nested calls join the outer one. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** Wraps an open connection; statements are compiled once and kept. */
export function wrapConnection(connection: Database.Database): WritableDb {
  const compiled = new Map<string, Database.Statement>();
  const statement = (sql: string): Database.Statement => {
    let found = compiled.get(sql);
    if (!found) compiled.set(sql, (found = connection.prepare(sql)));
    return found;
  };
  const reader = (sql: string): Database.Statement => {
    const found = statement(sql);
    if (!found.readonly) throw new Error(`this statement writes; use run: ${sql}`);
    return found;
  };
  return {
    get: <Row>(sql: string, params: SqlParams = {}) => reader(sql).get(params) as Row | undefined,
    all: <Row>(sql: string, params: SqlParams = {}) => reader(sql).all(params) as Row[],
    run(sql, params = {}) {
      refuseNonFinite(params);
      const { changes, lastInsertRowid } = statement(sql).run(params);
      return { changes, id: Number(lastInsertRowid) };
    },
    exec: (sql) => {
      connection.exec(sql);
    },
    transaction: (work) => connection.transaction(work).immediate(),
    close: () => {
      connection.close();
    },
  };
}

/** SQLite would store NaN as NULL and infinity as itself; neither is data. */
function refuseNonFinite(params: SqlParams): void {
  for (const [name, value] of Object.entries(params)) {
    if (typeof value !== 'number' || Number.isFinite(value)) continue;
    throw new LabError({
      kind: 'non-finite',
      message: `${name} is ${String(value)}, which is not a number that can be stored`,
      safe: 'Everything recorded before it is kept.',
      next: 'A smaller learning rate or lambda usually helps; then start again.',
    });
  }
}

/** JSON columns are written by this program only; the caller names the type it wrote. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T;
}
