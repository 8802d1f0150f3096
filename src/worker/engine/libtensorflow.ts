import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { libtensorflowBackend } from './kernels/libtensorflow-op';

// Not called `require`: the build declares that name in every bundle of its own.
const requirePackage = createRequire(import.meta.url);

export interface LoadedBackend {
  /** Name under which tfjs knows the backend. */
  readonly backend: 'tensorflow' | 'wasm';
  readonly title: string;
  readonly versions: Record<string, string>;
  readonly threads: number;
}

/** Why libtensorflow cannot be loaded, found out without loading it; undefined when its binding is in place. */
export function libtensorflowMissing(): string | undefined {
  const folder = join(
    dirname(requirePackage.resolve('@tensorflow/tfjs-node-gpu/package.json')),
    'lib',
  );
  const built =
    existsSync(folder) &&
    readdirSync(folder).some((api) => existsSync(join(folder, api, 'tfjs_binding.node')));
  return built ? undefined : 'its native library is not installed; the set-up can install it';
}

/**
 * Loads libtensorflow through tfjs-node and makes it the current backend.
 * @throws whatever the native loader throws when the binding or its library is missing
 */
export function loadLibtensorflow(): Promise<LoadedBackend> {
  // Read by the library once, when it is loaded. 3 = errors only: its start-up notes go to stderr unasked.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  // Ops without a reproducible implementation fail instead of silently varying; measured cost on the CPU: none.
  process.env['TF_DETERMINISTIC_OPS'] ??= '1';
  const threads = Number(process.env['TF_NUM_INTRAOP_THREADS'] ?? availableParallelism());
  restoreRemovedUtilities();
  requirePackage('@tensorflow/tfjs-node-gpu');
  const { binding } = libtensorflowBackend(tf.findBackend('tensorflow'));
  return Promise.resolve({
    backend: 'tensorflow',
    title: 'libtensorflow',
    versions: { libtensorflow: binding.TF_Version, tfjs: tf.version_core },
    threads,
  });
}

/**
 * tfjs-node 4.22 calls `util` helpers that Node 23 removed (it fails on its first tensor without them) or that warn on
 * every start as deprecated.
 */
function restoreRemovedUtilities(): void {
  const legacy = util as unknown as Record<string, unknown>;
  legacy['isNullOrUndefined'] = (value: unknown) => value === null || value === undefined;
  legacy['isArray'] = Array.isArray;
}
