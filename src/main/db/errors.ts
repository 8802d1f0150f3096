import { LabError } from '@shared/errors';

/** `code` of an error from Node or SQLite, such as `ENOSPC` or `SQLITE_FULL`. */
export function errorCode(thrown: unknown): string {
  if (!(thrown instanceof Error) || !('code' in thrown)) return '';
  return typeof thrown.code === 'string' ? thrown.code : '';
}

/**
 * Says in plain words what went wrong with the workspace's files.
 * @param thrown anything from SQLite or the file system
 * @param path the file or folder concerned
 * @returns a LabError; anything unknown comes back as it is
 */
export function storageError(thrown: unknown, path: string): unknown {
  const code = errorCode(thrown);
  const known = describe(code, path);
  if (!known) return thrown;
  const reason = thrown instanceof Error ? thrown.message : code;
  return new LabError({ ...known, details: { code, reason, path } }, { cause: thrown });
}

function describe(code: string, path: string): ConstructorParameters<typeof LabError>[0] | null {
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') {
    return {
      kind: 'disk-full',
      message: `the disk that holds ${path} is full`,
      safe: 'Everything stored so far is kept; the last change was not stored.',
      next: 'Free some space on this disk, then press Resume.',
    };
  }
  if (code.startsWith('SQLITE_READONLY') || code === 'EROFS') return readOnly(path);
  if (code === 'EACCES' || code === 'EPERM') return readOnly(path);
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) return damaged(path);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return {
      kind: 'locked',
      message: `another program is using ${path}`,
      safe: 'Nothing was changed.',
      next: 'Close the other program, then try again.',
    };
  }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return {
      kind: 'not-found',
      message: `${path} does not exist`,
      safe: 'Nothing was changed.',
      next: 'Check the path; a drive may have to be connected first.',
    };
  }
  if (code === 'SQLITE_CANTOPEN') {
    return {
      kind: 'unreadable-file',
      message: `${path} cannot be opened`,
      safe: 'Nothing was changed.',
      next: 'Check that you may read and write this folder, then open it again.',
    };
  }
  if (code.startsWith('SQLITE_IOERR') || code === 'EIO') {
    return {
      kind: 'unreadable-file',
      message: `the disk that holds ${path} reported an error`,
      safe: 'Everything stored before is kept as the disk has it.',
      next: 'Check the disk and its cable, copy the workspace elsewhere, then open the copy.',
    };
  }
  return null;
}

export function readOnly(path: string): ConstructorParameters<typeof LabError>[0] {
  return {
    kind: 'read-only',
    message: `${path} cannot be written to`,
    safe: 'Nothing was changed.',
    next: 'Choose a folder you may write to, or copy the workspace to one and open the copy.',
  };
}

export function damaged(path: string): ConstructorParameters<typeof LabError>[0] {
  return {
    kind: 'unreadable-file',
    message: `${path} is damaged or is not a workspace database`,
    safe: 'The file was not changed.',
    next: 'Copy the whole folder for safety, then restore lab.sqlite from a backup beside it.',
  };
}
