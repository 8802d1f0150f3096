import Database from 'better-sqlite3';
import { errorCode, storageError } from './errors';

/**
 * Takes the operating system's lock on `path` by way of SQLite and keeps it until released. The
 * system frees it when the process ends, however it ends, so a lock can never be left behind.
 * @returns the function that releases it, or null where another process holds it
 */
export function takeFileLock(path: string): (() => void) | null {
  let connection: Database.Database | null = null;
  try {
    connection = new Database(path, { timeout: 0 });
    connection.exec('BEGIN EXCLUSIVE');
    const held = connection;
    return () => held.close();
  } catch (thrown) {
    connection?.close();
    if (errorCode(thrown).startsWith('SQLITE_BUSY')) return null;
    throw storageError(thrown, path);
  }
}
