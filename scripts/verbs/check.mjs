import { existsSync } from 'node:fs';
import { tool } from '../lib/build.mjs';
import { inRoot, root } from '../lib/paths.mjs';
import { foreground } from '../lib/process.mjs';
import { say } from '../lib/steps.mjs';

const projects = ['shared', 'imaging', 'main', 'preload', 'worker', 'renderer']
  .map((process) => `src/${process}/tsconfig.json`)
  .concat('bench/tsconfig.json', 'test/tsconfig.json');

/** Name and command of each check; every one runs, whatever the others say. */
function checks() {
  const tsc = tool('typescript', 'bin', 'tsc');
  return [
    ...projects
      .filter((project) => existsSync(inRoot(project)))
      .map((project) => [`types ${project}`, [tsc, '--noEmit', '--project', project]]),
    [
      'types of the components',
      [
        tool('svelte-check', 'bin', 'svelte-check'),
        ...['--tsconfig', 'src/renderer/tsconfig.json', '--fail-on-warnings'],
      ],
    ],
    ['eslint', [tool('eslint', 'bin', 'eslint.js'), '--max-warnings', '0', '.']],
    ['prettier', [tool('prettier', 'bin', 'prettier.cjs'), '--check', '.']],
  ];
}

/** Types, lint and format of the whole project; exit status 1 when any has something to say. */
export async function check(_args, { env }) {
  const failed = [];
  for (const [name, args] of checks()) {
    say(`- ${name}`);
    const status = await foreground(process.execPath, args, { cwd: root, env });
    if (status !== 0) failed.push(name);
  }
  say(failed.length === 0 ? 'all checks passed' : `failed: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}
