/**
 * `npm run bench -- NAME`: runs bench/NAME.mjs. Each benchmark prints a table and what it was measured on; none asserts a
 * time, since a machine shared with other work is slower by an amount nobody knows.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = import.meta.dirname;
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs') && file !== 'run.mjs')
  .map((file) => file.replace(/\.mjs$/, ''));
const [name, ...args] = process.argv.slice(2);

if (!name || !existsSync(join(folder, `${name}.mjs`))) {
  process.stderr.write(
    `${name ? `There is no benchmark "${name}".` : 'Say which benchmark to run.'} Known: ${names.join(', ')}.\n`,
  );
  process.exitCode = 2;
} else {
  const { run } = await import(pathToFileURL(join(folder, `${name}.mjs`)).href);
  process.exitCode = await run(args);
}
