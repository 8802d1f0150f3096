import { mkdirSync, readdirSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../lib/paths.mjs';
import { aptInstall, canUseApt, capture, lastLine, which } from '../lib/process.mjs';
import { announce } from '../lib/steps.mjs';
import { buildAddon } from './addon.mjs';

const version = '2.21.0';

/**
 * The published wheels for Linux x64, by Python version: pip refuses any other file. Which one is
 * taken does not matter, as only the C library inside is used; the local Python's own comes first
 * because it may already lie in pip's cache.
 */
const wheels = {
  3.11: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  3.12: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
  3.13: '05af7c26d35f4de910b5598c7b507e3981831a7b0f47fed9a405d995d51d7793',
  '3.10': 'd143e92f5c0661cdfa26eaca8f73cd2efd0ec53a68af8dec82f584ba8eb14b83',
};

const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
const spaceBytes = 1.5e9; // 0.27 GB wheel, 0.85 GB libraries, and room to build.

/**
 * Takes libtensorflow and its C headers out of the Python package tensorflow-cpu, and builds the
 * npm package's binding against them. No Python environment is made or changed.
 * @param {{dir: string}} binding
 * @param {string} engine empty folder to fill with lib/ and deps/
 * @returns {Promise<void>}
 */
export async function installFromPythonPackage(binding, engine, log) {
  mkdirSync(engine, { recursive: true });
  const { bavail, bsize } = statfsSync(engine);
  if (bavail * bsize < spaceBytes)
    throw new Error(
      `1.5 GB of free disk space are needed, and ${((bavail * bsize) / 1e9).toFixed(1)} GB are left`,
    );
  const python = await ensureTools(log);
  announce('engine', `fetching libtensorflow ${version} (0.27 GB)`);
  const wheel = await downloadWheel(python, join(engine, 'download'), log);
  await unpack(python, wheel, engine, log);
  rmSync(join(engine, 'download'), { recursive: true });
  // The binding asks for the names that the official download has.
  const lib = join(engine, 'deps', 'lib');
  symlinkSync(libraries[0], join(lib, 'libtensorflow.so'));
  symlinkSync(libraries[1], join(lib, 'libtensorflow_framework.so'));
  announce('engine', 'building the TensorFlow.js binding');
  await buildAddon(binding.dir, engine, python, log);
  rmSync(join(engine, 'deps', 'include'), { recursive: true });
}

/**
 * Python with pip, a C++ compiler and make: found, or installed where we may. Returns the Python to
 * use.
 */
async function ensureTools(log) {
  const missing = () =>
    [
      ['python3', 'python3'],
      ['g++', 'g++'],
      ['make', 'make'],
    ].filter(([command]) => which(command) === null);
  const hasPip = async () =>
    which('python3') !== null &&
    (await capture('python3', ['-m', 'pip', '--version'], { log })).code === 0;
  const packages = missing().map(([, name]) => name);
  if (!(await hasPip())) packages.push('python3-pip');
  if (packages.length > 0) {
    if (canUseApt()) announce('engine', `installing ${packages.join(', ')}`);
    const problem = await aptInstall(packages, log);
    if (problem !== null) throw new Error(problem);
  }
  if (missing().length > 0 || !(await hasPip()))
    throw new Error(`still missing after installing ${packages.join(', ')}`);
  return which('python3');
}

/** Wheel versions to ask for, the local Python's own first. */
export function wheelOrder(localPython) {
  const all = Object.keys(wheels);
  return all.includes(localPython)
    ? [localPython, ...all.filter((other) => other !== localPython)]
    : all;
}

async function downloadWheel(python, folder, log) {
  mkdirSync(folder, { recursive: true });
  const pins = Object.values(wheels).map((hash) => `--hash=sha256:${hash}`);
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, `tensorflow-cpu==${version} ${pins.join(' ')}\n`);
  const local = await capture(python, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
  let output = '';
  for (const pythonVersion of wheelOrder(local.stdout.trim())) {
    const result = await capture(
      python,
      [
        ...['-m', 'pip', 'download', '--no-deps', '--require-hashes', '--only-binary=:all:'],
        ...['--python-version', pythonVersion, '--dest', folder, '--requirement', requirements],
      ],
      { log, timeoutMs: 15 * 60_000 },
    );
    output = result.output;
    const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
    if (result.code === 0 && wheel !== undefined) return join(folder, wheel);
    if (result.timedOut) throw new Error('pip took more than 15 minutes to fetch tensorflow-cpu');
    if (/connection broken|Could not fetch URL/.test(output))
      throw new Error('the Python package index cannot be reached');
  }
  throw new Error(`pip could not fetch tensorflow-cpu ${version}: ${errorLine(output)}`);
}

const errorLine = (output) =>
  output
    .split('\n')
    .findLast((line) => line.startsWith('ERROR:'))
    ?.slice(7) ?? lastLine(output);

async function unpack(python, wheel, engine, log) {
  const script = inRoot('scripts', 'engine', 'unpack-wheel.py');
  const result = await capture(python, [script, wheel, join(engine, 'deps'), ...libraries], {
    log,
  });
  if (result.code !== 0)
    throw new Error(`the Python package could not be unpacked: ${lastLine(result.output)}`);
}
