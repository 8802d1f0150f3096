import { defineConfig } from '@playwright/test';

/** Real Chromium against the built app, one at a time: each test owns a workspace and a worker. */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  workers: 1,
  retries: 0,
  timeout: 240_000,
  reporter: [['list']],
});
