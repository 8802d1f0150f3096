import { defineConfig } from '@playwright/test';
import { findChromium } from './scripts/lib/chromium.mjs';

/** Real Chromium against the built app, one at a time: each test owns a workspace and a worker. */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  workers: 1,
  retries: 0,
  timeout: 240_000,
  // Patience for a machine that is busy with other things; a state that never comes still fails.
  expect: { timeout: 20_000 },
  reporter: [['list']],
  // This machine's own browser: Playwright's are a download of their own.
  use: {
    launchOptions: { executablePath: findChromium() ?? undefined },
    screenshot: 'only-on-failure',
  },
});
