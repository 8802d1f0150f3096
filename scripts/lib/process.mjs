import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const windows = process.platform === 'win32';

/**
 * Runs a command and collects what it prints.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, log?: (text: string) =>
 *   void}} [options]
 * @returns {Promise<{code: number, output: string, stdout: string, timedOut: boolean}>} code -1:
 *   the command could not be started.
 */
export function capture(command, args, options = {}) {
  return new Promise((settle) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let output = '';
    let stdout = '';
    let timedOut = false;
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            child.kill('SIGKILL');
          }, options.timeoutMs);
    const take = (text) => {
      output += text;
      options.log?.(text);
    };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      take(text);
    });
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', (error) => {
      clearTimeout(timer);
      settle({ code: -1, output: `${output}${error.message}`, stdout, timedOut });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      settle({ code: code ?? 1, output, stdout, timedOut });
    });
  });
}

/**
 * Runs a command in the foreground, with this terminal as its own; resolves with its exit status
 * (128 + n after signal n).
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv}} [options]
 */
export function foreground(command, args, options = {}) {
  return new Promise((settle, fail) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: 'inherit',
    });
    // The terminal delivers Ctrl-C to the whole group; this parent waits for the child's own
    // orderly end.
    const stay = () => undefined;
    const pass = () => child.kill('SIGTERM');
    process.on('SIGINT', stay).on('SIGTERM', pass);
    const done = () => process.off('SIGINT', stay).off('SIGTERM', pass);
    child.on('error', (error) => {
      done();
      fail(error);
    });
    child.on('close', (code, signal) => {
      done();
      settle(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

/**
 * The npm that started this script, else the one beside this Node or on the PATH: a command and its
 * first arguments.
 */
export function npmCommand(environment = process.env) {
  const running = environment.npm_execpath;
  if (running?.endsWith('.js')) return [process.execPath, running];
  if (!windows) return ['npm'];
  // Node refuses to start npm.cmd without a shell; npm's own script beside node.exe needs none.
  return [
    process.execPath,
    join(process.execPath, '..', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
}

/** Runs npm and collects its output. */
export function npm(args, options) {
  const [command, ...first] = npmCommand();
  return capture(command, [...first, ...args], options);
}

/** Full path of an executable on the PATH, or null. */
export function which(name) {
  const names = windows ? [`${name}.exe`, `${name}.cmd`] : [name];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const file of names.map((n) => join(folder || '.', n))) {
      try {
        accessSync(file, constants.X_OK);
        if (statSync(file).isFile()) return file;
      } catch {
        continue; // Not here, or not for us to run: the next folder may have it.
      }
    }
  }
  return null;
}

/**
 * An environment with a folder put in front of its search path, whatever that variable is called
 * (Windows: Path).
 */
export function withFolderOnPath(folder, environment = process.env) {
  const name = Object.keys(environment).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const path = [folder, environment[name]].filter(Boolean).join(delimiter);
  return { ...environment, [name]: path };
}

/** Whether apt-get can install packages here without asking for a password. */
export function canUseApt() {
  return process.platform === 'linux' && process.getuid?.() === 0 && which('apt-get') !== null;
}

/**
 * Installs Debian packages; the package lists are fetched only when a first try does not find the
 * packages.
 * @param {readonly string[]} packages
 * @returns {Promise<string | null>} null when done, else why not.
 */
export async function aptInstall(packages, log) {
  if (!canUseApt())
    return `missing, for an administrator to install (apt-get install): ${packages.join(' ')}`;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    capture('apt-get', ['install', '-y', '--no-install-recommends', ...packages], {
      env,
      log,
      timeoutMs: 600_000,
    });
  let result = await install();
  if (result.code !== 0) {
    await capture('apt-get', ['update'], { env, log, timeoutMs: 180_000 });
    result = await install();
  }
  return result.code === 0
    ? null
    : `apt-get could not install ${packages.join(' and ')}: ${lastLine(result.output)}`;
}

/** The last non-empty line of a command's output: usually the one that says what went wrong. */
export function lastLine(output) {
  return output.trim().split('\n').at(-1)?.trim() || 'it printed nothing';
}
