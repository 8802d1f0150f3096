import { isAbsolute, resolve } from 'node:path';
import { LabError } from '@shared/errors';
import { recentWorkspaces } from '../../workspace/recent';
import type { NounHandlers } from '../context';
import { ok } from '../context';

export const workspaceHandlers: NounHandlers<'workspace'> = {
  'workspace.current': ({ sessions }) => sessions.current?.workspace.info ?? null,
  'workspace.recent': ({ stateDir }) => recentWorkspaces(stateDir),
  'workspace.create': ({ sessions }, { path }) => sessions.open(absolute(path), 'create'),
  'workspace.open': ({ sessions }, { path }) => sessions.open(absolute(path), 'open'),
  'workspace.close': async ({ sessions }) => {
    await sessions.close();
    return ok;
  },
};

/** A relative path would mean something else in every shell. */
function absolute(path: string): string {
  if (isAbsolute(path)) return resolve(path);
  throw new LabError({
    kind: 'bad-input',
    message: `a workspace needs a full path, got "${path}"`,
    safe: 'Nothing was changed.',
    next: 'Choose the folder with the button, or type its path from the root.',
  });
}
