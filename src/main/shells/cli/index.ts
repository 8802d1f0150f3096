import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createLab } from '../../lab';
import type { CliEnvironment } from './environment';
import { runCli } from './program';

/** Built to out/main/cli.js: the page and the worker lie at fixed places beside it. */
const here = import.meta.dirname;

/** First Ctrl-C: save and stop. Second: stop at once; what is stored stays. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write('\nStopping; saving first (Ctrl-C again to stop at once) ...\n');
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
  return controller.signal;
}

/** The system's command that opens an address; xdg-open everywhere else. */
const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Asks the desktop to open an address; false where there is none or it refuses. */
async function openBrowser(address: string): Promise<boolean> {
  const { platform, env } = process;
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return false;
  const [program, ...words] = openers[platform] ?? ['xdg-open'];
  return await new Promise((resolve) => {
    const child = spawn(program, [...words, address], { detached: true, stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

const environment: CliEnvironment = {
  terminal: {
    out: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
    interactive: process.stderr.isTTY,
  },
  // npm runs scripts in the project's folder; names are meant from where the person stands.
  cwd: (process.env.npm_lifecycle_event && process.env.INIT_CWD) || process.cwd(),
  variables: process.env,
  rendererDir: join(here, '../renderer'),
  interrupted: interruption(),
  openBrowser,
  openLab: ({ engine, shell }) =>
    createLab({ workspaceDir: null, shell, engine, workerEntry: join(here, 'worker.js') }),
};

// A reader such as `head` may close the pipe early; the rest of the output has nowhere to go.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runCli(process.argv.slice(2), environment);
