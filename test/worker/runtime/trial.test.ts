import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../../src/imaging/encode';
import { sha256 } from '../../../src/imaging/hash';
import { defaultValues } from '../../../src/shared/params';
import type { JobImage } from '../../../src/shared/worker-protocol';
import { loadEngine } from '../../../src/worker/engine';
import { models } from '../../../src/worker/models';
import { trial } from '../../../src/worker/runtime/executors/trial';
import { Job } from '../../../src/worker/runtime/job';
import { ntSpecs } from '../../../src/worker/training';
import { useTempDir } from '../../helpers/temp-dir';

const inTemp = useTempDir();
let images: JobImage[] = [];

beforeAll(async () => {
  await loadEngine('wasm');
  images = await Promise.all(
    [40, 120, 200, 90].map(async (grey, id) => {
      const data = Uint8Array.from({ length: 40 * 40 * 3 }, (_, i) => (grey + 7 * i) % 256);
      const bytes = await encodePng({ height: 40, width: 40, data });
      await writeFile(inTemp(`${id}.png`), bytes);
      return { id, path: inTemp(`${id}.png`), sha256: sha256(bytes), mos: 20 * id };
    }),
  );
});

describe('a trial of a training', () => {
  it('takes real steps of both twins and counts those of an epoch', async () => {
    const def = models.find('cnniqa');
    const said: unknown[] = [];
    const result = await trial(
      {
        kind: 'trial',
        modelId: 'cnniqa',
        modelParams: { ...defaultValues(def.params), kernels: 4, hidden: 6 },
        trainer: { epochs: 3, batchSize: 5, trainViews: 6, testViews: 2 },
        twins: [null, defaultValues(ntSpecs(def), def.recipe.nt)],
        seed: 1,
        cacheDir: inTemp('cache'),
        train: images,
      },
      new Job(1, (message) => said.push(message)),
    );
    // 4 pictures x 6 views in steps of 5.
    expect(result.stepsPerEpoch).toBe(5);
    expect(result.twins.map(({ regime }) => regime)).toEqual(['baseline', 'nt']);
    for (const { stages, peakBytes, checkpointBytes } of result.twins) {
      expect(stages).toMatchObject([{ epochs: 3 }]);
      expect(stages[0]?.stepMs).toBeGreaterThan(0);
      // This very process has more than its own program in memory, and less than the computer has.
      expect(peakBytes).toBeGreaterThan(10e6);
      expect(checkpointBytes).toBeGreaterThan(0);
    }
    expect(said).toEqual([]);
  });
});
