import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { whyUnreachable } from '../lib/net.mjs';
import { inRoot } from '../lib/paths.mjs';
import { capture, lastLine, withFolderOnPath } from '../lib/process.mjs';

const downloadMs = 15 * 60_000;

/**
 * Runs the npm package's own install script on a copy of the package inside the engine's folder,
 * for the CPU library: it downloads libtensorflow and the prebuilt addon (or builds it).
 * @param {{dir: string, downloadHost: string}} binding
 * @param {string} engine empty folder to fill with lib/ and deps/
 */
export async function installOfficial(binding, engine, log) {
  const unreachable = await whyUnreachable(binding.downloadHost, { log });
  if (unreachable !== null)
    throw new Error(`the official download cannot be reached (${unreachable})`);
  mkdirSync(engine, { recursive: true });
  for (const name of ['package.json', 'scripts', 'binding', 'binding.gyp'])
    cpSync(join(binding.dir, name), join(engine, name), { recursive: true });
  const result = await capture(process.execPath, ['scripts/install.js', 'cpu', 'download'], {
    cwd: engine,
    env: withFolderOnPath(inRoot('node_modules', '.bin')),
    timeoutMs: downloadMs,
    log,
  });
  if (result.timedOut) throw new Error('the official download took more than 15 minutes');
  const addon = findAddon(engine);
  if (result.code !== 0 || addon === null)
    throw new Error(`the official install script failed: ${lastLine(result.output)}`);
  if (process.platform === 'win32') {
    // Windows looks for a library beside the addon, and the package's own script puts only a link
    // there.
    const library = join(engine, 'deps', 'lib', 'tensorflow.dll');
    if (existsSync(library)) {
      rmSync(join(addon, 'tensorflow.dll'), { force: true });
      copyFileSync(library, join(addon, 'tensorflow.dll'));
    }
  }
  for (const name of ['package.json', 'scripts', 'binding', 'binding.gyp', 'build'])
    rmSync(join(engine, name), { recursive: true, force: true });
}

/** The folder under lib/ that holds the addon, or null. */
export function findAddon(engine) {
  const lib = join(engine, 'lib');
  if (!existsSync(lib)) return null;
  const folder = readdirSync(lib).find((name) => existsSync(join(lib, name, 'tfjs_binding.node')));
  return folder === undefined ? null : join(lib, folder);
}
