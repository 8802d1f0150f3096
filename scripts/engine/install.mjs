import { createHash } from 'node:crypto';
import { appendFileSync, createReadStream, mkdirSync } from 'node:fs';
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { engineDir, inRoot } from '../lib/paths.mjs';
import { capture, lastLine, which } from '../lib/process.mjs';
import { readJson, writeJson } from '../lib/stamp.mjs';
import { announce } from '../lib/steps.mjs';
import { findAddon, installOfficial } from './official.mjs';
import { bindingPackage, hasOwnAddon, isLinked, link, recipeKey, unlink } from './package.mjs';
import { installFromPythonPackage } from './python-package.mjs';
import * as routes from './routes.mjs';

/**
 * Describes the installed engine to the app and to people: what is there, whence, and what was
 * tried in vain.
 */
export const engineFile = join(engineDir, 'engine.json');
const logFile = join(engineDir, 'install.log');

/**
 * Makes the best engine available to the npm package's loader; quick when that is so already. An
 * engine that cannot be had is no error: the `wasm` rung always remains, and engine.json says what
 * was tried.
 * @param {{again?: boolean}} [options] again: install anew, even what is there or what failed
 *   lately
 * @returns {Promise<string | null>} what was done, for the user; null when nothing had to be
 */
export async function ensureEngine({ again = false } = {}) {
  const binding = bindingPackage();
  const recipe = recipeKey(binding);
  const stored = readJson(engineFile);
  const known = stored?.recipe === recipe ? stored : null;
  const tools = ['python3', 'g++', 'make'].filter((name) => which(name) !== null).join(' ');
  if (!again && known?.active) {
    const done = relink(binding.dir, known.active);
    if (done !== 'gone') return done;
  } else if (!again && !routes.shouldRetry(known, { recipe, tools, nowMs: Date.now() })) {
    return null;
  }
  mkdirSync(engineDir, { recursive: true });
  writeFileSync(logFile, '');
  const log = (text) => appendFileSync(logFile, text);
  const { active, attempts } = await routes.tryRoutes(
    routesFor(binding, recipe, log),
    routes.thisMachine(),
    ({ folder }) => prove(binding.dir, folder, log),
  );
  if (active === null && known?.active && relink(binding.dir, known.active) !== 'gone')
    return `kept ${describe(known.active)}; ${listAttempts(attempts)}`;
  if (active === null) unlink(binding.dir);
  else active.libraries = await listLibraries(active.folder);
  removeEnginesBut(active?.folder ?? null);
  writeJson(engineFile, {
    recipe,
    tools,
    triedAtMs: Date.now(),
    binding: `tfjs-node-gpu ${binding.version}`,
    rungs: rungTable(active, attempts),
    active,
    attempts,
  });
  return active === null ? explain(attempts) : describe(active);
}

/**
 * Puts the links to a finished engine back: null when they are in place, 'gone' when the engine
 * itself is not there.
 */
function relink(packageDir, { route, folder, proof }) {
  if (folder === null) return hasOwnAddon(packageDir) ? null : 'gone';
  const engine = join(engineDir, folder);
  if (findAddon(engine) === null) return 'gone';
  if (isLinked(packageDir, engine)) return null;
  link(packageDir, engine);
  return `${describe({ route, proof })}, linked again`;
}

/** The routes for this package; each fills a folder of its own, and replaces it only when done. */
function routesFor(binding, recipe, log) {
  const into = (id, fill) => async () => {
    const folder = `cpu-${id}-${recipe}`;
    const engine = join(engineDir, folder);
    const partial = `${engine}.partial`;
    log(`\n--- ${id}\n`);
    rmSync(partial, { recursive: true, force: true });
    try {
      await fill(binding, partial, log);
      rmSync(engine, { recursive: true, force: true });
      renameSync(partial, engine);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
    return { rung: 'cpu', folder };
  };
  const all = [
    {
      id: 'official',
      unsupported: routes.officialUnsupported,
      install: into('official', installOfficial),
    },
    {
      id: 'python-package',
      unsupported: routes.pythonPackageUnsupported,
      install: into('python-package', installFromPythonPackage),
    },
  ];
  if (!hasOwnAddon(binding.dir)) return all;
  const own = async () => ({ rung: 'cpu', folder: null });
  return [{ id: 'installed-by-hand', unsupported: () => null, install: own }, ...all];
}

/**
 * Loads the engine in a process of its own and returns what it measured; throws, with the links
 * removed, when it fails.
 */
async function prove(packageDir, folder, log) {
  announce('engine', 'testing it');
  if (folder !== null) link(packageDir, join(engineDir, folder));
  const result = await capture(process.execPath, [inRoot('scripts', 'engine', 'prove.mjs')], {
    log,
    timeoutMs: 120_000,
  });
  if (result.code === 0) return JSON.parse(lastLine(result.stdout));
  unlink(packageDir);
  throw new Error(`it was installed but does not work: ${thrown(result.output)}`);
}

const thrown = (output) =>
  output.split('\n').find((line) => /^\w*Error: /.test(line)) ?? lastLine(output);

/** Name, size in bytes and SHA-256 of each library and of the addon. */
async function listLibraries(folder) {
  if (folder === null) return [];
  const engine = join(engineDir, folder);
  const addon = findAddon(engine);
  const files = [join(addon, 'tfjs_binding.node')];
  const lib = join(engine, 'deps', 'lib');
  for (const entry of readdirSync(lib, { withFileTypes: true }))
    if (entry.isFile()) files.push(join(lib, entry.name));
  const list = [];
  for (const file of files) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    list.push({
      file: file.slice(engine.length + 1),
      sizeBytes: statSync(file).size,
      sha256: hash.digest('hex'),
    });
  }
  return list;
}

/** Removes engines of former recipes and of routes that failed. */
function removeEnginesBut(folder) {
  for (const entry of readdirSync(engineDir, { withFileTypes: true }))
    if (entry.isDirectory() && entry.name !== folder)
      rmSync(join(engineDir, entry.name), { recursive: true, force: true });
}

/** The ladder as it stands here, the rungs that cannot be used with the reason. */
export function rungTable(active, attempts) {
  const tried = listAttempts(attempts);
  return routes.rungs.map(({ id, absent }) => {
    if (absent !== null) return { id, available: false, reason: absent };
    const available = id === 'wasm' || active?.rung === id;
    return { id, available, reason: available ? null : tried };
  });
}

const listAttempts = (attempts) =>
  attempts.map(({ route, reason }) => `${route}: ${reason}`).join('; ');

const describe = ({ route, proof }) =>
  `cpu: libtensorflow ${proof.tensorflow} (${route}), convolution ${proof.forwardGflops} GFLOP/s`;

const explain = (attempts) =>
  [
    'wasm: the faster cpu engine could not be installed, so everything works, but slowly',
    ...attempts.map(({ route, reason }) => `${route}: ${reason}`),
    `what was printed is in ${logFile}; try again with: npm run engine`,
  ].join('\n             ');
