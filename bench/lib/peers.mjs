import { spawn } from 'node:child_process';

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
