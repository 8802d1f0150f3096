import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { inRoot } from '../lib/paths.mjs';
import { capture, lastLine } from '../lib/process.mjs';

const probeMs = 6000;
const downloadMs = 15 * 60_000;

/** Asks in a child, where Node's own proxy switch can be set, whether the download's host answers at all. */
async function probe(host, log) {
  const script = `
    fetch(process.argv[1], { method: 'HEAD', signal: AbortSignal.timeout(${probeMs - 1000}) })
      .then(() => process.exit(0), (e) => { console.error(e.cause?.code ?? e.name); process.exit(1); });`;
  const result = await capture(process.execPath, ['-e', script, host], {
    env: { ...process.env, NODE_USE_ENV_PROXY: '1', NODE_NO_WARNINGS: '1' },
    timeoutMs: probeMs,
    log,
  });
  if (result.code !== 0)
    throw new Error(`the official download cannot be reached (${lastLine(result.output)})`);
}

/**
 * Runs the npm package's own install script on a copy of the package inside the engine's folder, for the CPU library: it
 * downloads libtensorflow and the prebuilt addon (or builds it).
 * @param {{dir: string, downloadHost: string}} binding
 * @param {string} engine empty folder to fill with lib/ and deps/
 */
export async function installOfficial(binding, engine, log) {
  await probe(binding.downloadHost, log);
  mkdirSync(engine, { recursive: true });
  for (const name of ['package.json', 'scripts', 'binding', 'binding.gyp'])
    cpSync(join(binding.dir, name), join(engine, name), { recursive: true });
  const result = await capture(process.execPath, ['scripts/install.js', 'cpu', 'download'], {
    cwd: engine,
    env: {
      ...process.env,
      PATH: [inRoot('node_modules', '.bin'), process.env.PATH].join(delimiter),
    },
    timeoutMs: downloadMs,
    log,
  });
  if (result.timedOut) throw new Error('the official download took more than 15 minutes');
  const addon = findAddon(engine);
  if (result.code !== 0 || addon === null)
    throw new Error(`the official install script failed: ${lastLine(result.output)}`);
  if (process.platform === 'win32') {
    // Windows looks for a library beside the addon, and the package's own script puts only a link there.
    const library = join(engine, 'deps', 'lib', 'tensorflow.dll');
    if (existsSync(library)) copyFileSync(library, join(addon, 'tensorflow.dll'));
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
