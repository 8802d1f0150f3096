import { dirname } from 'node:path';
import { ensureEngine } from '../engine/install.mjs';
import { ensureBuild } from './build.mjs';
import { ensureChromium } from './chromium.mjs';
import { withSetupLock } from './lock.mjs';
import { ensureNode } from './node-runtime.mjs';
import { ensurePackages } from './packages.mjs';
import { runtimeDir } from './paths.mjs';
import { foreground, withFolderOnPath } from './process.mjs';
import { SetupError, say, step } from './steps.mjs';
import { verbs } from '../verbs/index.mjs';

/** The steps of set-up in their order; a verb names those it needs. Packages are needed by all. */
const steps = [
  ['packages', ensurePackages],
  ['engine', ensureEngine],
  ['build', ensureBuild],
  ['chromium', ensureChromium],
];

/**
 * Makes sure of everything that a verb needs, then does it.
 * @param {string | undefined} verb
 * @param {readonly string[]} args the verb's own
 * @param {{cwd: string}} options the folder that the user's relative paths start from
 * @returns {Promise<number>} exit status
 */
export async function main(verb, args, { cwd }) {
  const chosen = Object.hasOwn(verbs, verb ?? '') ? verbs[verb] : null;
  if (chosen === null) {
    say(`run: unknown verb ${verb ?? '(none)'}, expected one of ${Object.keys(verbs).join(', ')}`);
    return 2;
  }
  try {
    const node = await withSetupLock(ensureNode);
    if (node !== process.execPath) {
      // The whole command once more, this time under a Node that the lab runs on.
      return await foreground(node, process.argv.slice(1), {
        env: withFolderOnPath(dirname(node)),
      });
    }
    await withSetupLock(async () => {
      for (const [name, work] of steps)
        if (name === 'packages' || chosen.needs.includes(name)) await step(name, work);
    });
    return await chosen.run(args, { cwd, env: childEnvironment() });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`\n${verb}: ${error.message}`);
    return chosen.onSetupError?.() ?? 1;
  }
}

/** What the app is told: where set-up put things, and this Node first on the path. */
function childEnvironment() {
  return { ...withFolderOnPath(dirname(process.execPath)), IQALAB_RUNTIME: runtimeDir };
}
