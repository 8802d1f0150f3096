import { watch } from 'node:fs';
import { cli, ensureBuild, tool } from '../lib/build.mjs';
import { ensureElectron, whyNoWindow } from '../lib/electron.mjs';
import { withSetupLock } from '../lib/lock.mjs';
import { inRoot, root } from '../lib/paths.mjs';
import { foreground } from '../lib/process.mjs';
import { say } from '../lib/steps.mjs';

/**
 * An Electron that ends with an error this soon never opened its window: a system library is
 * missing, usually.
 */
const openMs = 4000;

/**
 * Opens the app: in a window where Electron is there or can be fetched, else in the browser, with
 * one line that says why.
 * @param {readonly string[]} args passed on
 * @param {{cwd: string, env: NodeJS.ProcessEnv}} context
 */
export async function start(args, context) {
  const { binary, reason } = await electron();
  if (binary === null) return serve(reason, args, context);
  const before = performance.now();
  const status = await foreground(binary, [root, ...args], context);
  if (status !== 0 && performance.now() - before < openMs)
    return serve('Electron ended at once, see above', args, context);
  return status;
}

/** As start, but building again after every change of the sources. */
export async function dev(args, context) {
  const { binary, reason } = await electron();
  if (binary !== null) {
    const vite = tool('electron-vite', 'bin', 'electron-vite.js');
    return foreground(process.execPath, [vite, '--watch', ...args], { ...context, cwd: root });
  }
  const watcher = watch(inRoot('src'), { recursive: true }, rebuildSoon);
  try {
    return await serve(`${reason}; it is built again after each change`, args, context);
  } finally {
    watcher.close();
  }
}

let pending;

/** Editors write several files at once: one build after the last of them. */
function rebuildSoon() {
  clearTimeout(pending);
  pending = setTimeout(async () => {
    try {
      const done = await withSetupLock(ensureBuild);
      if (done !== null) say('built: reload the page (host or worker changed: start dev again)');
    } catch (error) {
      // A half-written source is no reason to end: the next change builds again.
      say(error.message);
    }
  }, 300);
}

async function electron() {
  const { platform, env } = process;
  const reason = whyNoWindow({ platform, environment: env, uid: process.getuid?.() });
  return reason === null ? ensureElectron() : { binary: null, reason };
}

function serve(reason, args, context) {
  say(`The app opens in the browser instead of its own window: ${reason}.`);
  return foreground(process.execPath, [cli, 'serve', '--open', ...args], context);
}
