import { existsSync } from 'node:fs';
import { aptInstall, canUseApt, which } from './process.mjs';
import { announce } from './steps.mjs';

const commands = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
];
const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/** Path of a Chromium on this machine, or null. IQALAB_CHROMIUM names one explicitly. */
export function findChromium(environment = process.env) {
  const named = environment.IQALAB_CHROMIUM;
  if (named) return existsSync(named) ? named : null;
  for (const command of commands) {
    const path = which(command);
    if (path !== null) return path;
  }
  return applications.find((path) => existsSync(path)) ?? null;
}

/**
 * Makes sure of a Chromium for the tests in a browser, where this can be done without asking.
 * @returns {Promise<string | null>} what was done; null when one is there, or when none can be had
 *   (the tests say so by name)
 */
export async function ensureChromium() {
  if (findChromium() !== null || !canUseApt()) return null;
  announce('chromium', 'installing, for the tests in a browser');
  const problem = await aptInstall(['chromium']);
  return problem ?? 'installed';
}
