/**
 * The ways to the `cpu` engine, in the order in which they are tried:
 *
 *   official        @tensorflow/tfjs-node-gpu's own download of libtensorflow and of its addon
 *   python-package  libtensorflow out of the Python package tensorflow-cpu, and the addon built from
 *                   the npm package's own, unchanged sources
 *
 * Where both fail the `wasm` engine, which needs nothing but npm, is what remains. `cuda` and
 * `webgpu` have no route yet.
 */

/** The engine rungs from the fastest down, and why one without a route is not offered. */
export const rungs = [
  { id: 'cuda', absent: 'this release has no installer for it yet' },
  { id: 'webgpu', absent: 'this release has no installer for it yet' },
  { id: 'cpu', absent: null },
  { id: 'wasm', absent: null },
];

/**
 * @typedef {{platform: string, arch: string, libc: 'glibc' | 'musl' | null}} Machine
 * @typedef {{id: string, unsupported: (machine: Machine) => string | null, install: () =>
 *   Promise<object>}} Route
 * @typedef {{route: string, ok: boolean, reason: string | null, durationMs: number}} Attempt
 */

/** What decides which prebuilt libraries can run here. */
export function thisMachine() {
  const linux = process.platform === 'linux';
  process.report.excludeNetwork = true; // Naming every address it knows can take seconds.
  const glibc = linux && Boolean(process.report.getReport().header.glibcVersionRuntime);
  return {
    platform: process.platform,
    arch: process.arch,
    libc: linux ? (glibc ? 'glibc' : 'musl') : null,
  };
}

/** Why the official download has nothing for a machine; null where it has. */
export function officialUnsupported({ platform, arch, libc }) {
  if (libc === 'musl') return 'libtensorflow needs glibc, and this Linux has musl';
  const offered = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'];
  const name = `${platform}-${arch}`;
  return offered.includes(name) ? null : `no libtensorflow is published for ${name}`;
}

/** Why the Python package cannot serve a machine; null where it can. */
export function pythonPackageUnsupported({ platform, arch, libc }) {
  if (libc === 'musl') return 'libtensorflow needs glibc, and this Linux has musl';
  if (platform === 'linux' && arch === 'x64') return null;
  return `the package tensorflow-cpu carries no library to link against on ${platform}-${arch}`;
}

/**
 * Tries routes in order until one installs an engine that passes its proof.
 * @param {readonly Route[]} routes
 * @param {Machine} machine
 * @param {(installed: object) => Promise<object>} prove loads what was installed and checks its
 *   numbers; throws when it does not work
 * @returns {Promise<{active: object | null, attempts: Attempt[]}>}
 */
export async function tryRoutes(routes, machine, prove) {
  const attempts = [];
  for (const route of routes) {
    const start = performance.now();
    const note = (reason) =>
      attempts.push({
        route: route.id,
        ok: reason === null,
        reason,
        durationMs: Math.round(performance.now() - start),
      });
    const unsupported = route.unsupported(machine);
    if (unsupported !== null) {
      note(unsupported);
      continue;
    }
    try {
      const installed = await route.install();
      const proof = await prove(installed);
      note(null);
      return { active: { route: route.id, ...installed, proof }, attempts };
    } catch (error) {
      note(error.message);
    }
  }
  return { active: null, attempts };
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Whether an engine that could not be installed is worth another try: when something it depends on
 * changed (the recipe, the tools found), or after a day (the network may be back).
 * @param {{recipe: string, tools: string, triedAtMs: number} | null} failure
 */
export function shouldRetry(failure, { recipe, tools, nowMs }) {
  if (failure === null) return true;
  return failure.recipe !== recipe || failure.tools !== tools || nowMs - failure.triedAtMs > dayMs;
}
