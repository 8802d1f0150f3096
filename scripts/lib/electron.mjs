import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, lastLine } from './process.mjs';
import { whyUnreachable } from './net.mjs';
import { inRoot, runtimeDir } from './paths.mjs';
import { readJson, readStamp, writeStamp } from './stamp.mjs';
import { announce } from './steps.mjs';

const dayMs = 24 * 60 * 60 * 1000;
const dir = inRoot('node_modules', 'electron');

/** Path of the Electron binary; null where it is not there. */
export function electronBinary() {
  const pathFile = join(dir, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const binary = join(dir, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}

/** Why a window cannot open here whatever is installed; null where it can. */
export function whyNoWindow({ platform, environment, uid }) {
  if (platform !== 'linux') return null;
  if (!environment.DISPLAY && !environment.WAYLAND_DISPLAY) return 'there is no display here';
  // Chromium's sandbox refuses the administrator, and the lab does not run without its sandbox.
  return uid === 0 ? 'Electron does not run as the administrator (root)' : null;
}

/**
 * Fetches the Electron binary if it can be had. A failure is remembered for a day, so that the next
 * start is quick.
 * @returns {Promise<{binary: string | null, reason: string | null}>}
 */
export async function ensureElectron() {
  const found = electronBinary();
  if (found !== null) return { binary: found, reason: null };
  const { version } = readJson(join(dir, 'package.json'));
  const failure = readStamp('electron');
  if (failure?.version === version && Date.now() - failure.triedAtMs < dayMs)
    return { binary: null, reason: failure.reason };
  const reason = await download();
  if (reason !== null) writeStamp('electron', { version, reason, triedAtMs: Date.now() });
  return { binary: electronBinary(), reason };
}

async function download() {
  const mirror = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror;
  const unreachable = await whyUnreachable(mirror ?? 'https://github.com');
  if (unreachable !== null) return `its download cannot be reached (${unreachable})`;
  announce('electron', 'fetching (0.1 GB)');
  const result = await capture(process.execPath, [join(dir, 'install.js')], {
    cwd: dir,
    // Kept across `npm ci`, and not in the user's home.
    env: { electron_config_cache: join(runtimeDir, 'electron'), ...process.env },
    timeoutMs: 600_000,
  });
  if (result.timedOut) return 'its download took more than 10 minutes';
  return result.code === 0 ? null : `its download failed: ${downloadError(result.output)}`;
}

const downloadError = (output) =>
  output
    .split('\n')
    .find((line) => /^\w*Error\b/.test(line))
    ?.trim() ?? lastLine(output);
