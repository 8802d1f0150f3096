import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Workspace } from '@shared/rpc';
import { LabError, must } from '@shared/errors';
import { app } from '../app';
import { readOnly, storageError } from '../db/errors';
import type { WritableDb } from '../db/handle';
import { openDatabase } from '../db/open';
import { createWorkspaceRow, readWorkspaceRow } from '../db/workspace';
import { lockWorkspace } from './host-lock';
import type { Layout } from './layout';
import { layoutOf } from './layout';

export interface OpenWorkspace {
  readonly layout: Layout;
  readonly db: WritableDb;
  readonly info: Workspace;
  /** True when the last host was killed; its jobs are swept either way. */
  readonly afterCrash: boolean;
  /** True in a copy of a workspace that another host has open. */
  readonly copyOfOpen: boolean;
  /** Closes the database and lets other hosts in. */
  close(): void;
}

/** `open` wants an existing workspace, `create` a folder without one, `either` takes both. */
export type OpenMode = 'open' | 'create' | 'either';

/**
 * Opens a workspace folder for writing: takes its lock, opens or creates its database.
 * @throws LabError `not-found`, `conflict`, `read-only`, `locked`, `newer-version`,
 *   `unreadable-file` or `disk-full`
 */
export function openWorkspace(path: string, mode: OpenMode): OpenWorkspace {
  const layout = layoutOf(path);
  const exists = existsSync(layout.database);
  if (mode === 'open' && !exists) throw new LabError(notThere(layout.root));
  if (mode === 'create' && exists) throw new LabError(alreadyThere(layout.root));
  prepareFolder(layout);
  const lock = lockWorkspace(layout);
  try {
    const db = openDatabase(layout.database, { check: lock.afterCrash && exists });
    const info = describe(layout, db);
    return {
      layout,
      db,
      info,
      afterCrash: lock.afterCrash && exists,
      copyOfOpen: lock.copyOfOpen,
      close: () => {
        db.close();
        lock.release();
      },
    };
  } catch (thrown) {
    lock.release();
    throw thrown;
  }
}

function describe(layout: Layout, db: WritableDb): Workspace {
  if (!readWorkspaceRow(db)) {
    createWorkspaceRow(db, {
      name: basename(layout.root),
      createdAtMs: Date.now(),
      appVersion: app.version,
    });
  }
  const row = must(readWorkspaceRow(db), 'the workspace row was written above');
  return { path: layout.root, name: row.name, createdAtMs: row.created_at_ms };
}

function prepareFolder(layout: Layout): void {
  if (existsSync(layout.root) && !statSync(layout.root).isDirectory()) {
    throw new LabError({
      kind: 'bad-input',
      message: `${layout.root} is a file; a workspace is a folder`,
      safe: 'Nothing was changed.',
      next: 'Choose a folder.',
    });
  }
  try {
    mkdirSync(layout.root, { recursive: true });
    accessSync(layout.root, constants.W_OK);
    if (existsSync(layout.database)) accessSync(layout.database, constants.W_OK);
    for (const folder of [layout.thumbnails, layout.exports]) {
      mkdirSync(folder, { recursive: true });
    }
  } catch (thrown) {
    const failure = storageError(thrown, layout.root);
    if (failure instanceof LabError && failure.kind === 'read-only') {
      throw new LabError(readOnly(`the folder ${layout.root}`), { cause: thrown });
    }
    throw failure;
  }
}

function notThere(path: string): ConstructorParameters<typeof LabError>[0] {
  return {
    kind: 'not-found',
    message: existsSync(path)
      ? `${path} is not a workspace: it holds no lab.sqlite`
      : `there is no folder ${path}`,
    safe: 'Nothing was changed.',
    next: 'Choose a workspace folder, or create a new workspace.',
  };
}

function alreadyThere(path: string): ConstructorParameters<typeof LabError>[0] {
  return {
    kind: 'conflict',
    message: `${path} already holds a workspace`,
    safe: 'Nothing was changed.',
    next: 'Open it, or choose an empty folder for the new one.',
  };
}
