import { capture, lastLine } from './process.mjs';

/**
 * Asks whether a host answers, through the proxy that the environment names. In a child process,
 * because Node reads its proxy switch only at start.
 * @param {string} url
 * @param {{timeoutMs?: number, log?: (text: string) => void}} [options]
 * @returns {Promise<string | null>} null when it answers, else the reason, for example "ENOTFOUND"
 */
export async function whyUnreachable(url, { timeoutMs = 5000, log } = {}) {
  const script = `
    fetch(process.argv[1], { method: 'HEAD', signal: AbortSignal.timeout(${timeoutMs}) })
      .then(() => process.exit(0), (e) => { console.error(e.cause?.code ?? e.name); process.exit(1); });`;
  const result = await capture(process.execPath, ['-e', script, url], {
    env: { ...process.env, NODE_USE_ENV_PROXY: '1', NODE_NO_WARNINGS: '1' },
    timeoutMs: timeoutMs + 2000,
    log,
  });
  return result.code === 0 ? null : lastLine(result.output);
}
