import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { capture, lastLine } from '../lib/process.mjs';

/**
 * The newest Node-API version that the npm package's loader asks for; Node 24 and Electron 45 both
 * offer it.
 */
const nodeApi = '8';

/** A build that only asks for Node-API needs nothing of Node's own build settings but these. */
const commonGypi = `{
  'target_defaults': {
    'default_configuration': 'Release',
    'configurations': { 'Release': { 'cflags': ['-O3'] } },
    'cflags': ['-pthread'],
    'cflags_cc': ['-std=gnu++17'],
  },
}
`;

/**
 * Builds the npm package's binding, unchanged, with node-gyp against the libraries and headers in
 * engine/deps. The Node-API headers come from the npm package node-api-headers, so that nothing is
 * fetched.
 * @param {string} packageDir the npm package with binding.gyp and binding/
 * @param {string} engine folder with deps/; gets lib/napi-v8/tfjs_binding.node
 */
export async function buildAddon(packageDir, engine, python, log) {
  const require = createRequire(join(root, 'package.json'));
  const nodeGyp = require.resolve('node-gyp/bin/node-gyp.js');
  // Not in the project's folder: make cannot build under a path with a space in it.
  const build = mkdtempSync(join(tmpdir(), 'iqalab-engine-'));
  try {
    for (const name of ['binding', 'binding.gyp'])
      cpSync(join(packageDir, name), join(build, name), { recursive: true });
    symlinkSync(join(engine, 'deps'), join(build, 'deps'));
    const nodeDir = join(build, 'node');
    const headers = join(nodeDir, 'include', 'node');
    mkdirSync(headers, { recursive: true });
    cpSync(join(dirname(require.resolve('node-api-headers/package.json')), 'include'), headers, {
      recursive: true,
    });
    writeFileSync(join(headers, 'common.gypi'), commonGypi);
    writeFileSync(join(headers, 'config.gypi'), '{"variables": {}, "target_defaults": {}}\n');
    const result = await capture(
      process.execPath,
      [
        nodeGyp,
        'rebuild',
        `--nodedir=${nodeDir}`,
        `--python=${python}`,
        '--module_name=tfjs_binding',
        `--module_path=${join(build, 'lib')}`,
        `--napi_build_version=${nodeApi}`,
      ],
      { cwd: build, log, timeoutMs: 10 * 60_000 },
    );
    if (result.code !== 0)
      throw new Error(`the TensorFlow.js binding could not be built: ${buildError(result.output)}`);
    cpSync(join(build, 'lib'), join(engine, 'lib', `napi-v${nodeApi}`), { recursive: true });
  } finally {
    rmSync(build, { recursive: true, force: true });
  }
}

const buildError = (output) =>
  output
    .split('\n')
    .find((line) => /\berror\b/i.test(line))
    ?.trim() ?? lastLine(output);
