import { realpathSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { LabError } from '@shared/errors';
import { errorCode } from '../db/errors';

/** Where everything lies in a workspace folder. */
export interface Layout {
  readonly root: string;
  readonly database: string;
  readonly lock: string;
  readonly owner: string;
  readonly cache: string;
  readonly thumbnails: string;
  readonly exports: string;
  /** Generated data sets; imported ones stay where they are. */
  readonly datasets: string;
  /** Weight files from outside, each named by its own checksum. */
  readonly weights: string;
  checkpoints(runId: number): string;
  run(runId: number): string;
  attack(jobId: number): string;
  /** What an unfinished fit needs to go on; its result lies in `weights`. */
  fit(jobId: number): string;
  fitPosition(jobId: number): string;
}

export function layoutOf(workspaceDir: string): Layout {
  const root = resolve(workspaceDir);
  const artifacts = join(root, 'artifacts');
  const run = (runId: number): string => join(artifacts, 'runs', String(runId));
  const fit = (jobId: number): string => join(artifacts, 'fits', String(jobId));
  return {
    root,
    database: join(root, 'lab.sqlite'),
    lock: join(root, 'host.lock'),
    owner: join(root, 'host.json'),
    cache: join(root, 'cache'),
    thumbnails: join(root, 'cache', 'thumbnails'),
    exports: join(artifacts, 'exports'),
    datasets: join(artifacts, 'datasets'),
    weights: join(artifacts, 'weights'),
    run,
    checkpoints: (runId) => join(run(runId), 'checkpoints'),
    attack: (jobId) => join(artifacts, 'attacks', String(jobId)),
    fit,
    fitPosition: (jobId) => join(fit(jobId), 'position.safetensors'),
  };
}

/** Whether `path` is `folder` or lies below it, by name only; symbolic links are not followed. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && resolve(way) !== way);
}

/**
 * Form in which a path is stored: relative with forward slashes inside the workspace, which may
 * move; absolute outside it.
 */
export function toStoredPath(layout: Layout, path: string): string {
  const absolute = resolve(path);
  if (!isInside(layout.root, absolute)) return absolute;
  return `./${relative(layout.root, absolute).split(sep).join('/')}`;
}

/** The absolute path a stored one means now. */
export function fromStoredPath(layout: Layout, stored: string): string {
  return stored.startsWith('./') ? resolve(layout.root, stored) : stored;
}

/**
 * Stored form of a path that must lie inside the workspace.
 * @throws LabError `forbidden` otherwise: a worker may not name files elsewhere
 */
export function toArtifactPath(layout: Layout, folder: string, path: string): string {
  const absolute = resolve(folder, path);
  if (isInside(folder, absolute)) return toStoredPath(layout, absolute);
  throw new LabError({
    kind: 'forbidden',
    message: `${path} lies outside ${folder}`,
    safe: 'Nothing was stored.',
  });
}

/** The path with links resolved; null where nothing is there. */
export function realPath(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(thrown))) return null;
    throw thrown;
  }
}

/** The same, but null also where the path, links resolved, leaves the folder. */
export function realPathInside(folder: string, path: string): string | null {
  const root = realPath(folder);
  const real = realPath(path);
  return root !== null && real !== null && isInside(root, real) ? real : null;
}
