import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { errorCode } from '../db/errors';
import { layoutOf } from './layout';

const kept = 12;
const Recent = v.array(v.object({ path: v.string(), name: v.string() }));
type Recent = v.InferOutput<typeof Recent>;

/** Folder for what belongs to the person rather than to a workspace: the list of recent ones. */
export function defaultStateDir(): string {
  const base = process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state');
  return join(base, 'iqa-robustness-lab');
}

/** Recently opened workspaces, newest first; one that has vanished is listed as such. */
export function recentWorkspaces(
  stateDir: string | null,
): { path: string; name: string; exists: boolean }[] {
  return readList(stateDir).map((entry) => ({
    ...entry,
    exists: existsSync(layoutOf(entry.path).database),
  }));
}

/**
 * Puts a workspace at the top of the list.
 * @returns false where the list could not be written: it is a convenience, and a full or read-only
 *   home folder must not keep anybody from opening a workspace elsewhere
 */
export function rememberWorkspace(stateDir: string | null, path: string): boolean {
  if (stateDir === null) return false;
  try {
    const others = readList(stateDir).filter((entry) => entry.path !== path);
    const list: Recent = [{ path, name: basename(path) }, ...others].slice(0, kept);
    mkdirSync(stateDir, { recursive: true });
    const temporary = `${listFile(stateDir)}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify(list, null, 2));
    renameSync(temporary, listFile(stateDir));
    return true;
  } catch (thrown) {
    if (errorCode(thrown) !== '') return false;
    throw thrown;
  }
}

function readList(stateDir: string | null): Recent {
  if (stateDir === null || !existsSync(listFile(stateDir))) return [];
  try {
    const parsed = v.safeParse(Recent, JSON.parse(readFileSync(listFile(stateDir), 'utf8')));
    return parsed.success ? parsed.output : [];
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return [];
    throw thrown;
  }
}

function listFile(stateDir: string): string {
  return join(stateDir, 'recent.json');
}
