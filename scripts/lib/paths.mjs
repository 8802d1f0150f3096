import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What set-up downloads and builds lives here, outside node_modules, so that `npm ci` keeps it. */
export const runtimeDir = resolve(root, '.runtime');

/** The installed engine, its description (engine.json) and its log. */
export const engineDir = resolve(runtimeDir, 'engine');

/** Resolves a path inside the repository. */
export const inRoot = (...parts) => resolve(root, ...parts);
