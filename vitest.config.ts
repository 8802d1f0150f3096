import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;

export default defineConfig({
  plugins: [svelte()],
  resolve: {
    alias: {
      '@shared': resolve(root, 'src/shared'),
      '@imaging': resolve(root, 'src/imaging'),
    },
    conditions: ['browser'],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**'],
    // Numerics tests share two cores with libtensorflow's own threads: more workers only queue.
    maxWorkers: 2,
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
