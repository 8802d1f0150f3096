import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tool } from '../lib/build.mjs';
import { findChromium } from '../lib/chromium.mjs';
import { inRoot, root, runtimeDir } from '../lib/paths.mjs';
import { capture, foreground } from '../lib/process.mjs';
import { readJson } from '../lib/stamp.mjs';
import { say } from '../lib/steps.mjs';
import {
  closingLines,
  exitStatus,
  noReport,
  playwrightCounts,
  playwrightTitles,
  sumCounts,
  vitestCounts,
} from './results.mjs';

const reports = join(runtimeDir, 'reports');
const playwrightCli = tool('@playwright', 'test', 'cli.js');

/**
 * Runs the tests in Node (Vitest), then those in a browser (Playwright), and ends with one line, "N
 * passed, M failed", over both. Arguments choose a part: `unit ...` or `e2e ...`, the rest goes to
 * that runner.
 */
export async function test(args, { env }) {
  const [part, ...rest] = args;
  if (part !== undefined && part !== 'unit' && part !== 'e2e') {
    say(`test: unknown part ${part}, expected unit or e2e`);
    return 2;
  }
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const runs = [];
  if (part !== 'e2e') runs.push(await unit(rest, env));
  if (part !== 'unit' && hasBrowserTests()) runs.push(await browser(rest, env));
  const counts = sumCounts(runs.map((run) => run.counts));
  process.stdout.write(`\n${closingLines(counts).join('\n')}\n`);
  return exitStatus(
    counts,
    runs.map((run) => run.status),
  );
}

/** What a test run ends with when set-up failed: no test ran, and that is a failure. */
export function endOnSetupError() {
  process.stdout.write(`\n${closingLines(noReport).join('\n')}\n`);
  return 1;
}

async function unit(args, env) {
  const report = join(reports, 'vitest.json');
  const status = await foreground(
    process.execPath,
    [
      ...[tool('vitest', 'vitest.mjs'), 'run', ...args],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    ],
    { cwd: root, env },
  );
  return { status, counts: vitestCounts(readJson(report)) };
}

const hasBrowserTests = () =>
  existsSync(inRoot('test', 'e2e')) &&
  readdirSync(inRoot('test', 'e2e'), { recursive: true }).some((file) => file.endsWith('.spec.ts'));

async function browser(args, env) {
  const chromium = findChromium();
  if (chromium === null) return skipBrowser(args, env);
  const report = join(reports, 'playwright.json');
  const status = await foreground(
    process.execPath,
    [playwrightCli, 'test', '--reporter=list,json', ...args],
    {
      cwd: root,
      env: { ...env, IQALAB_CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    },
  );
  return { status, counts: playwrightCounts(readJson(report)) };
}

/** Names each browser test that cannot run here. */
async function skipBrowser(args, env) {
  say('\nNo Chromium here, and none could be installed: the tests in a browser are skipped.');
  say('Install Chromium or Chrome, or name one in IQALAB_CHROMIUM, to run them.');
  const listed = await capture(
    process.execPath,
    [playwrightCli, 'test', '--list', '--reporter=json', ...args],
    { cwd: root, env },
  );
  if (listed.code !== 0) return { status: listed.code, counts: { ...noReport } };
  const titles = playwrightTitles(JSON.parse(listed.stdout));
  for (const title of titles) say(`  skipped: ${title}`);
  return { status: 0, counts: { passed: 0, failed: 0, skipped: titles.length } };
}
