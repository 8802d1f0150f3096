import type { Stats } from 'node:fs';
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from './layout';

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** What copying, receiving and exporting write beside the final file; nothing a person would name so. */
const folder = new RegExp(`^\\.(?:upload|bundle)-${uuid}$`);
const file = new RegExp(`^\\.(?:.*\\.)?${uuid}\\.unfinished$|\\.\\d+\\.unfinished$`);

/**
 * Removes what a host that was killed left half written among weights and exports. This process holds
 * the workspace's lock, so no other host writes there; what is younger than this process may be its
 * own and stays.
 * @param startedMs when this process started
 * @returns the paths that were removed
 */
export function sweepLeftovers(
  { weights, exports }: Pick<Layout, 'weights' | 'exports'>,
  startedMs = Date.now() - process.uptime() * 1000,
): string[] {
  return [weights, exports].flatMap((place) =>
    namesIn(place).flatMap((name) => {
      const path = join(place, name);
      const state = lstatSync(path, { throwIfNoEntry: false });
      if (!state || !isLeftover(name, state)) return [];
      // A folder's own time is that of its last new file, not of the last byte written into one.
      const inside = state.isDirectory() ? namesIn(path).map((inner) => join(path, inner)) : [];
      const newest = Math.max(state.mtimeMs, ...inside.map(changedMs));
      if (newest >= startedMs) return [];
      rmSync(path, { recursive: true, force: true });
      return [path];
    }),
  );
}

/** A link is never what was left: it is not followed and not removed. */
function isLeftover(name: string, state: Stats): boolean {
  return state.isDirectory() ? folder.test(name) : state.isFile() && file.test(name);
}

function namesIn(path: string): string[] {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(path) : [];
}

function changedMs(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
