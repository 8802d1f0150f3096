import { npm, lastLine } from './process.mjs';
import { inRoot, root } from './paths.mjs';
import { readJson } from './stamp.mjs';
import { SetupError, announce } from './steps.mjs';

/**
 * Whether what npm recorded as installed has every package of the lock file in its version.
 * Optional packages are not asked for: most of them are binaries for other machines.
 * @param {{packages: Record<string, {version?: string, optional?: boolean}>} | null} lock
 *   package-lock.json
 * @param {{packages: Record<string, {version?: string}>} | null} installed
 *   node_modules/.package-lock.json
 */
export function lockSatisfied(lock, installed) {
  if (lock === null || installed === null) return false;
  return Object.entries(lock.packages).every(
    ([path, wanted]) =>
      path === '' || wanted.optional || installed.packages[path]?.version === wanted.version,
  );
}

/** Installs the packages of package-lock.json unless they are there. */
export async function ensurePackages() {
  const lock = readJson(inRoot('package-lock.json'));
  if (lockSatisfied(lock, readJson(inRoot('node_modules', '.package-lock.json')))) return null;
  announce('packages', 'installing');
  const result = await npm(['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: root,
    timeoutMs: 900_000,
  });
  if (result.code !== 0)
    throw new SetupError(
      `the packages could not be installed: ${npmError(result.output)}\n` +
        'Is there a network? Then try again. To see all that npm says: npm ci',
    );
  return `${Object.keys(lock?.packages ?? {}).length - 1} in the lock file, installed`;
}

/** The first lines that say what went wrong, without npm's prefix, its code, and its usage. */
const npmError = (output) =>
  output
    .split('\n')
    .filter((line) => /^npm (error|ERR!) (?!code|A complete log)./.test(line))
    .slice(0, 2)
    .map((line) => line.replace(/^npm (error|ERR!) /, ''))
    .join(' ') || lastLine(output);
