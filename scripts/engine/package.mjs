import { existsSync, lstatSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { root } from '../lib/paths.mjs';
import { hashFiles, sha256 } from '../lib/stamp.mjs';

/**
 * Raised when the way in which an engine is put together changes, so that older ones are built
 * anew.
 */
const recipe = 1;

/**
 * The two folders in which the npm package's loader looks for its addon (lib) and that for its
 * libraries (deps).
 */
const folders = ['lib', 'deps'];

/**
 * The npm package that holds the binding's sources and its loader.
 * @returns {{dir: string, version: string, downloadHost: string}}
 */
export function bindingPackage() {
  const file = createRequire(join(root, 'package.json')).resolve(
    '@tensorflow/tfjs-node-gpu/package.json',
  );
  const { version, binary } = JSON.parse(readFileSync(file, 'utf8'));
  return { dir: dirname(file), version, downloadHost: new URL(binary.host).origin };
}

/**
 * A name for what would be built from these sources in this way: the engine's folder carries it.
 */
export function recipeKey({ dir, version }) {
  const sources = hashFiles(dir, ['binding', 'binding.gyp', 'scripts']);
  return sha256(`${recipe} ${version} ${sources}`).slice(0, 12);
}

/** The link's state: ours, somebody's own folder, or nothing. */
function linkState(path, target) {
  if (!existsSync(path) && lstatSync(path, { throwIfNoEntry: false }) === undefined)
    return 'absent';
  if (!lstatSync(path).isSymbolicLink()) return 'own';
  return readlinkSync(path) === target ? 'linked' : 'other';
}

// Windows lets everybody make junctions, which want absolute targets; elsewhere a relative link
// survives moving the project.
const linkTarget = (packageDir, engine, folder) =>
  process.platform === 'win32'
    ? join(engine, folder)
    : relative(packageDir, join(engine, folder)) || '.';

/** Whether the npm package's loader finds this engine. */
export function isLinked(packageDir, engine) {
  return folders.every(
    (folder) =>
      linkState(join(packageDir, folder), linkTarget(packageDir, engine, folder)) === 'linked' &&
      existsSync(join(packageDir, folder)),
  );
}

/**
 * Makes the npm package's loader find this engine. `npm ci` removes these links; they are put back
 * in no time.
 */
export function link(packageDir, engine) {
  for (const folder of folders) {
    const path = join(packageDir, folder);
    const target = linkTarget(packageDir, engine, folder);
    if (linkState(path, target) === 'linked') continue;
    rmSync(path, { recursive: true, force: true });
    symlinkSync(target, path, 'junction');
  }
}

/** Removes the links, and nothing else: an engine that failed its proof must not be loaded. */
export function unlink(packageDir) {
  for (const folder of folders) {
    const path = join(packageDir, folder);
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(path);
  }
}

/**
 * Whether somebody installed the package with its own scripts, by hand: then its addon is a real
 * folder, and is used.
 */
export function hasOwnAddon(packageDir) {
  return linkState(join(packageDir, 'lib'), '') === 'own';
}
