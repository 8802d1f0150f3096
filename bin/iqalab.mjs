#!/usr/bin/env node
/** The command `iqalab`: the same as `npm run iqalab --`, from any folder. */
import { main } from '../scripts/lib/main.mjs';

process.exitCode = await main('iqalab', process.argv.slice(2), { cwd: process.cwd() });
