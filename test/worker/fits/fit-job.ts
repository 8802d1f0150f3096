import { mkdir, writeFile } from 'node:fs/promises';
import { encodePng } from '../../../src/imaging/encode';
import { sha256 } from '../../../src/imaging/hash';
import { checkValues, type ParamValues } from '../../../src/shared/params';
import { random } from '../../../src/shared/random';
import type { FitPayload, JobImage, WorkerMessage } from '../../../src/shared/worker-protocol';
import { models } from '../../../src/worker/models';
import { execute } from '../../../src/worker/runtime/execute';
import { Job } from '../../../src/worker/runtime/job';
import { saveCheckpoint } from '../../../src/worker/training/checkpoint';

const modelParams: ParamValues = { kernels: 6, hidden: 8 };

export interface FitSetting {
  readonly images: readonly JobImage[];
  readonly checkpoint: string;
  readonly folder: (name: string) => string;
}

/** A tiny CNNIQA as drawn from a seed, and textured pictures of 48 x 40 pixels, brighter ones rated higher. */
export async function fitSetting(folder: (name: string) => string): Promise<FitSetting> {
  const def = models.find('cnniqa');
  const model = def.build(checkValues(def.title, def.params, modelParams), 3);
  const checkpoint = folder('model.safetensors');
  const meta = { modelId: def.id, modelVersion: def.version, epoch: 1, step: 1, extra: {} };
  await saveCheckpoint(checkpoint, model, { state: () => new Map() }, meta);
  model.dispose();
  const images = await Promise.all(
    [60, 110, 160, 200].map(async (grey, id) => {
      const stream = random(id, 'fit-picture');
      const data = Uint8Array.from({ length: 48 * 40 * 3 }, () => grey - 30 + stream.integer(61));
      const bytes = await encodePng({ height: 40, width: 48, data });
      const path = folder(`${id}.png`);
      await writeFile(path, bytes);
      return { id, path, sha256: sha256(bytes), mos: grey / 2.55 };
    }),
  );
  return { images, checkpoint, folder };
}

export interface FitRequest {
  readonly fitId: string;
  readonly params: ParamValues;
  /** Name of its folder: two fits of one name are one job. */
  readonly name: string;
  readonly onModel: boolean;
  readonly resume?: boolean;
  /** Stops the job once it has taken so many steps. */
  readonly stopAt?: number;
}

/** The tiny model as a job opens it. */
export function runPayload({ checkpoint, folder }: FitSetting) {
  const trainer: ParamValues = {};
  const cacheDir = folder('cache');
  return { modelId: 'cnniqa', modelParams, trainer, seed: 5, cacheDir, checkpoint };
}

/** Runs a fit as the worker does. @returns its summary, or null where it was stopped; and all it said */
export async function runFit({ images, checkpoint, folder }: FitSetting, request: FitRequest) {
  const { fitId, params, name, onModel, resume = false, stopAt } = request;
  const said: WorkerMessage[] = [];
  const job = new Job(1, (message) => {
    said.push(message);
    if (message.type !== 'progress' || message.progress.unit !== 'steps') return;
    const { phase, done } = message.progress;
    if (stopAt !== undefined && phase.startsWith('fitting') && done >= stopAt) {
      job.control.request('stop');
    }
  });
  const resultDir = folder('weights');
  await mkdir(resultDir, { recursive: true });
  await mkdir(folder(name), { recursive: true });
  const payload: FitPayload = {
    kind: 'fit',
    runId: 1,
    modelId: 'cnniqa',
    modelParams,
    trainer: {},
    nt: null,
    seed: 5,
    cacheDir: folder('cache'),
    fitId,
    params,
    fitSeed: 9,
    checkpoint: onModel ? checkpoint : null,
    images,
    files: [],
    positionPath: folder(`${name}/position.safetensors`),
    resume,
    resultDir,
    provenance: { fit: fitId, dataset: 'Toys', limit: 'all' },
  };
  try {
    const { fit } = await execute(payload, job, '');
    return { fit: fit ?? null, said };
  } catch (error) {
    if (stopAt !== undefined && job.control.stopping) return { fit: null, said };
    throw error;
  }
}
