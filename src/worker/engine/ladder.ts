import * as tf from '@tensorflow/tfjs-core';
import { engineNames } from '@shared/domain/catalogue';
import type { EngineInfo, EngineName, EngineRung } from '@shared/domain/catalogue';
import { LabError } from '@shared/errors';
import { registerKernels } from './kernels';
import { libtensorflowMissing, loadLibtensorflow } from './libtensorflow';
import type { LoadedBackend } from './libtensorflow';
import { selfTest } from './self-test';
import { loadWasm } from './wasm';

interface Rung {
  /** Why it cannot be loaded, as far as that can be told without loading it. */
  readonly missing: () => string | undefined;
  readonly load: () => Promise<LoadedBackend>;
}

function notBuilt(): Rung {
  const reason = 'not built yet in this version';
  return { missing: () => reason, load: () => Promise.reject(new Error(reason)) };
}

/** Fastest first (design: cuda > webgpu > cpu > wasm). */
const rungs: Record<EngineName, Rung> = {
  cuda: notBuilt(),
  webgpu: notBuilt(),
  cpu: { missing: libtensorflowMissing, load: loadLibtensorflow },
  wasm: { missing: () => undefined, load: loadWasm },
};

export interface LoadedEngine {
  readonly info: EngineInfo;
  /** Every rung with what it runs on or why it is not available; only rungs down to the chosen one are loaded. */
  readonly ladder: readonly EngineRung[];
}

/**
 * Loads an engine, tests it on known results, and makes it the current one for all of tfjs.
 *
 * @param name the engine to use; the best one that loads and passes its self-test when absent
 * @throws LabError `engine` when the named engine, or every engine, is not available; `details.ladder` says why
 */
export async function loadEngine(name?: EngineName): Promise<LoadedEngine> {
  const ladder: EngineRung[] = [];
  let info: EngineInfo | undefined;
  for (const candidate of engineNames) {
    if (info || (name !== undefined && candidate !== name)) {
      const missing = rungs[candidate].missing();
      ladder.push({
        name: candidate,
        available: missing === undefined,
        reason: missing ?? 'installed, not tried',
      });
      continue;
    }
    try {
      info = await start(candidate);
      ladder.push({ name: candidate, available: true, reason: info.description });
    } catch (error) {
      const reason = error instanceof Error ? firstLine(error.message) : String(error);
      ladder.push({ name: candidate, available: false, reason });
    }
  }
  if (!info) {
    const reason = ladder.find((rung) => rung.name === name)?.reason;
    throw new LabError({
      kind: 'engine',
      message: name
        ? `the ${name} engine is not available: ${reason}`
        : 'no engine passed its self-test on this computer',
      safe: 'Nothing was started.',
      next: name
        ? 'Leave the choice of engine to the lab, or install what the reason names.'
        : 'Run the set-up again; the wasm engine needs only the npm packages.',
      details: { ladder },
    });
  }
  return { info, ladder };
}

async function start(name: EngineName): Promise<EngineInfo> {
  const rung = rungs[name];
  const missing = rung.missing();
  if (missing !== undefined) throw new Error(missing);
  const loaded = await rung.load();
  if (!(await tf.setBackend(loaded.backend)))
    throw new Error(`backend ${loaded.backend} did not start`);
  registerKernels();
  const startedAt = performance.now();
  selfTest();
  const selfTestMs = performance.now() - startedAt;
  const threads = `${loaded.threads} ${loaded.threads === 1 ? 'thread' : 'threads'}`;
  const version = loaded.versions['libtensorflow'] ?? tf.version_core;
  return {
    name,
    description: `${loaded.title} ${version}, ${threads}`,
    versions: loaded.versions,
    threads: loaded.threads,
    deterministic: true,
    selfTestMs,
  };
}

/** Native loaders append a page of advice to what went wrong. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.trim() ?? message;
}
