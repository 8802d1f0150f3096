import Database from 'better-sqlite3';
import { join } from 'node:path';

/** What a workspace holds, read straight from its file while no lab has it open. */
export class Stored {
  readonly #db: Database.Database;

  constructor(workspace: string) {
    this.#db = new Database(join(workspace, 'lab.sqlite'), { readonly: true });
  }

  /** SQLite's own word on the file: "ok". */
  integrity(): unknown {
    return this.#db.pragma('integrity_check', { simple: true });
  }

  jobs(): { kind: string; state: string; note: string | null }[] {
    const sql = 'SELECT kind, state, note FROM jobs ORDER BY id';
    return this.#db.prepare<[], { kind: string; state: string; note: string | null }>(sql).all();
  }

  /** SHA-256 of each run's weights, baseline first. */
  weights(): (string | null)[] {
    const sql = 'SELECT weights_sha256 FROM runs ORDER BY id';
    return this.#db.prepare<[], string | null>(sql).pluck().all();
  }

  /** Every stored training step as one line of text, to be compared whole. */
  steps(): string[] {
    const sql = 'SELECT * FROM steps ORDER BY run_id, step';
    return this.#db
      .prepare(sql)
      .all()
      .map((row) => JSON.stringify(row));
  }

  close(): void {
    this.#db.close();
  }
}
