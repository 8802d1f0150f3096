import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';

const root = import.meta.dirname;
const alias = {
  '@shared': resolve(root, 'src/shared'),
  '@imaging': resolve(root, 'src/imaging'),
};

/**
 * Four Node bundles (Electron main, command line, worker, preload) and one page.
 * The worker is an entry of its own because it runs in a separate process in every shell.
 */
export default defineConfig({
  main: {
    resolve: { alias },
    build: {
      // tfjs-core is no direct dependency, but bundling it would make a second engine that the back
      // ends, which are required at run time, do not register with.
      externalizeDeps: { include: ['@tensorflow/tfjs-core'] },
      rollupOptions: {
        input: {
          index: resolve(root, 'src/main/index.ts'),
          cli: resolve(root, 'src/main/shells/cli/index.ts'),
          worker: resolve(root, 'src/worker/index.ts'),
        },
      },
    },
  },
  preload: {
    resolve: { alias },
    build: {
      rollupOptions: { input: resolve(root, 'src/preload/index.ts'), output: { format: 'cjs' } },
    },
  },
  renderer: {
    root: resolve(root, 'src/renderer'),
    resolve: { alias },
    plugins: [svelte()],
    build: {
      minify: true,
      rollupOptions: { input: resolve(root, 'src/renderer/index.html') },
    },
  },
});
