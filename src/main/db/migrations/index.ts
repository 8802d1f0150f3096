import type { WritableDb } from '../handle';

/** One change of the schema or of the data in it; runs inside the transaction that counts it. */
export type Migration = (db: WritableDb) => void;

export interface NumberedMigration {
  readonly version: number;
  readonly name: string;
  readonly up: Migration;
}

/**
 * Puts migrations into order by the number their file name starts with.
 * @param modules file path (`./0001-what-changed.ts`) to its default export
 * @throws Error on a gap, a duplicate or a name without a number: a mistake of ours, found at start
 */
export function orderMigrations(modules: Readonly<Record<string, Migration>>): NumberedMigration[] {
  const ordered = Object.entries(modules)
    .map(([path, up]) => {
      const match = /(\d{4})-([a-z0-9-]+)\.ts$/.exec(path);
      if (!match?.[1] || !match[2]) throw new Error(`migration ${path}: not NNNN-what-changed.ts`);
      return { version: Number(match[1]), name: `${match[1]}-${match[2]}`, up };
    })
    .sort((a, b) => a.version - b.version);
  ordered.forEach(({ version, name }, index) => {
    if (version !== index + 1) {
      throw new Error(`migration ${name}: expected number ${index + 1}, got ${version}`);
    }
  });
  return ordered;
}

export const migrations: readonly NumberedMigration[] = orderMigrations(
  import.meta.glob<Migration>('./[0-9]*.ts', { eager: true, import: 'default' }),
);
