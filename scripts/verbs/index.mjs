import { cli, tool } from '../lib/build.mjs';
import { ensureEngine } from '../engine/install.mjs';
import { withSetupLock } from '../lib/lock.mjs';
import { inRoot, root } from '../lib/paths.mjs';
import { foreground } from '../lib/process.mjs';
import { step } from '../lib/steps.mjs';
import { check } from './check.mjs';
import { dev, start } from './start.mjs';
import { endOnSetupError, test } from './test.mjs';

/**
 * @typedef {{cwd: string, env: NodeJS.ProcessEnv}} Context
 * @typedef {{needs: readonly ('engine' | 'build' | 'chromium')[], run: (args: readonly string[],
 *   context: Context) => Promise<number>, onSetupError?: () => number}} Verb
 */

const node =
  (script, before = []) =>
  (args, context) =>
    foreground(process.execPath, [script, ...before, ...args], context);

/** Everything `npm run` offers. @type {Record<string, Verb>} */
export const verbs = {
  demo: { needs: ['engine', 'build'], run: node(cli, ['demo']) },
  iqalab: { needs: ['engine', 'build'], run: node(cli) },
  start: { needs: ['engine', 'build'], run: start },
  dev: { needs: ['engine', 'build'], run: dev },
  test: { needs: ['engine', 'build', 'chromium'], run: test, onSetupError: endOnSetupError },
  check: { needs: [], run: check },
  format: {
    needs: [],
    run: (args, { env }) =>
      foreground(
        process.execPath,
        [
          tool('prettier', 'bin', 'prettier.cjs'),
          '--write',
          '--log-level=warn',
          ...(args.length > 0 ? args : ['.']),
        ],
        { cwd: root, env },
      ),
  },
  build: { needs: ['build'], run: async () => 0 },
  bench: { needs: ['engine', 'build'], run: node(inRoot('bench', 'run.mjs')) },
  engine: {
    needs: [],
    run: async () => {
      await withSetupLock(() => step('engine', () => ensureEngine({ again: true })));
      return 0;
    },
  },
};
