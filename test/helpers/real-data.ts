import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * The real data that tests use where it is at hand: the folder named by IQALAB_SHARED, by default the one called
 * "shared" beside the repository. Nothing of it is part of the repository.
 */
const shared = process.env['IQALAB_SHARED'] ?? resolve(import.meta.dirname, '../../../shared');

/** A file or folder of the real data, and whether it is there; a test that needs it skips by name where it is not. */
export function realData(...names: string[]): { path: string; missing: boolean } {
  const path = resolve(shared, ...names);
  return { path, missing: !existsSync(path) };
}
