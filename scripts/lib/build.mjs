import { existsSync } from 'node:fs';
import { capture } from './process.mjs';
import { inRoot, root } from './paths.mjs';
import { hashFiles, readStamp, writeStamp } from './stamp.mjs';
import { SetupError, announce } from './steps.mjs';

/** Everything that a build reads. */
const inputs = [
  ...['src', 'resources', 'electron.vite.config.ts', 'tsconfig.base.json'],
  ...['package.json', 'package-lock.json'],
];
const outputs = ['out/main/cli.js', 'out/main/worker.js', 'out/renderer/index.html'];

/** Paths of what the verbs start. */
export const cli = inRoot('out', 'main', 'cli.js');

/** Path of a command-line tool that an npm package brings, for this Node to run. */
export const tool = (...parts) => inRoot('node_modules', ...parts);

/** Builds the app unless the sources are those of the last build. */
export async function ensureBuild() {
  const hash = hashFiles(root, inputs);
  const built = outputs.every((file) => existsSync(inRoot(file)));
  if (built && readStamp('build')?.hash === hash) return null;
  announce('build', 'building the app');
  const result = await capture(
    process.execPath,
    [tool('electron-vite', 'bin', 'electron-vite.js'), 'build'],
    { cwd: root, env: { ...process.env, NO_COLOR: '1' }, timeoutMs: 600_000 },
  );
  if (result.code !== 0)
    throw new SetupError(
      `the app could not be built:\n${result.output.trim().split('\n').slice(-25).join('\n')}`,
    );
  const missing = outputs.filter((file) => !existsSync(inRoot(file)));
  if (missing.length > 0)
    throw new SetupError(`the build ended well but left no ${missing.join(', ')}`);
  writeStamp('build', { hash });
  return 'built';
}
