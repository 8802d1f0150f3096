import { beforeAll, describe, expect, it, vi } from 'vitest';
import { defaultValues } from '@shared/params';
import { loadEngine } from '../../../src/worker/engine';
import { models } from '../../../src/worker/models';
import { layouts } from '../../../src/worker/weights';
import type { Tensors } from '../../../src/worker/weights/layouts';
import { hasEngine } from '../../helpers/engines';

/**
 * A layout describes the authors' files, a model what the lab computes with; they are written apart. Where they agree, a
 * file that is recognised is a file that can be loaded. Only names and shapes are compared, so one engine is enough.
 */
const described = [...models.all.values()].filter(
  ({ id }) => layouts.all.get(id)?.kind === 'model',
);

/** Drawing 135 million normal deviates takes a minute, and no value is looked at: every weight starts at zero here. */
vi.mock('../../../src/worker/nn/init', async (original) => {
  const zeros = () => (_: unknown, count: number) => new Float32Array(count);
  const names = Object.keys(await original<object>());
  return Object.fromEntries(names.map((name) => [name, zeros]));
});

describe('models whose weights files are known', () => {
  beforeAll(async () => {
    await loadEngine(hasEngine('cpu') ? 'cpu' : 'wasm');
  });

  it.each(described.map(({ id }) => id))('%s has the tensors of its authors’ files', (id) => {
    const { variants } = layouts.find(id);
    const def = models.find(id);
    const model = def.build(defaultValues(def.params), 1);
    try {
      const state = model.stateDict();
      // The largest size that lies within the model: a ResNet-18 lies within a ResNet-34.
      const within = variants.filter(({ tensors }) =>
        [...tensors].every(([name, { shape }]) => String(state.get(name)?.shape) === String(shape)),
      );
      const [variant] = within.sort((a, b) => b.tensors.size - a.tensors.size);
      const tensors: Tensors = variant?.tensors ?? new Map();
      expect([...state.keys()].sort()).toEqual([...tensors.keys()].sort());
      for (const [name, { shape }] of state) expect(tensors.get(name)?.shape, name).toEqual(shape);
      const trained = [...tensors].filter(([, { role }]) => role === 'parameter');
      expect([...model.parameters().keys()].sort()).toEqual(trained.map(([name]) => name).sort());
    } finally {
      model.dispose();
    }
  });
});
