/**
 * `node scripts/run.mjs VERB [ARGUMENTS]`, which is what `npm run VERB -- ARGUMENTS` calls: makes
 * sure of everything the verb needs (packages, Node 24, the engine, the build), then does it. Only
 * Node's own modules are used until the packages are there, and nothing newer than Node 20.19.
 */
import { main } from './lib/main.mjs';

// npm changes to the project's folder; the user's relative paths start from where npm was called.
const underNpm = process.env.npm_lifecycle_event !== undefined;
const cwd = (underNpm && process.env.INIT_CWD) || process.cwd();
const [verb, ...args] = process.argv.slice(2);
process.exitCode = await main(verb, args, { cwd });
