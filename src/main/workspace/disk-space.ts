import { statfs } from 'node:fs/promises';

/** What the lab leaves free for its own database and the system, in bytes. */
export const reserveBytes = 200e6;

/** Free space a job needs before it may write: three checkpoints of its size and a reserve. */
export function neededBytes(checkpointBytes: number): number {
  return 3 * checkpointBytes + reserveBytes;
}

/** Bytes this user may still write on the disk that holds `path`. */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/** "1.4 GB", "350 MB": decimal units as file managers show them. */
export function sizeText(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
