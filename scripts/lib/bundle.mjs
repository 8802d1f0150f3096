import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '../..');

/**
 * Builds one TypeScript entry for Node, for a test or a measurement that runs it in a process of its own. Packages stay
 * imports, so the output lies where Node finds them.
 * @param {string} entry path from the repository's root
 * @returns {Promise<{ path: string; remove: () => void }>} the built file, and the function that removes it
 */
export async function bundle(entry) {
  const cache = join(root, 'node_modules', '.cache', 'iqalab-bundle');
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
      rollupOptions: {
        external: [...builtinModules, /^node:/],
        output: { entryFileNames: 'entry.mjs' },
      },
    },
  });
  return {
    path: join(outDir, 'entry.mjs'),
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  };
}
