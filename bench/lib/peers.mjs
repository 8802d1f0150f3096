import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '..', '..');

/**
 * One process, given its settings as JSON; the last line it prints is its result.
 * @param {readonly string[]} command program and arguments
 */
export function measure([program, ...args], settings) {
  return new Promise((done, failed) => {
    const child = spawn(program, [...args, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (data) => (text += data));
    child.on('error', failed);
    child.on('close', (code) => {
      const line = text.trim().split('\n').at(-1) ?? '';
      if (code === 0) done(JSON.parse(line));
      else failed(new Error(`${program} ended with ${code}`));
    });
  });
}

/** Builds one TypeScript entry where Node finds the packages. */
export async function bundle(entry) {
  const cache = join(root, 'node_modules', '.cache', 'iqalab-bench');
  mkdirSync(cache, { recursive: true });
  const outDir = mkdtempSync(join(cache, 'bundle-'));
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: {
      alias: { '@shared': join(root, 'src/shared'), '@imaging': join(root, 'src/imaging') },
    },
    build: {
      ssr: join(root, entry),
      outDir,
      minify: false,
      rollupOptions: { output: { entryFileNames: 'entry.mjs' } },
    },
  });
  return {
    path: join(outDir, 'entry.mjs'),
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  };
}
