import { beforeAll, describe, expect, test, vi } from 'vitest';
import { defaultValues } from '@shared/params';
import { loadEngine } from '../../../src/worker/engine';
import { models } from '../../../src/worker/models';
import { hasEngine } from '../../helpers/engines';

// Drawing 135 million initial weights takes half a minute, and no test here looks at them.
vi.mock('../../../src/worker/nn/init', async (original) => {
  const zeros = () => (_: unknown, count: number) => new Float32Array(count);
  const names = Object.keys(await original<object>());
  return Object.fromEntries(names.map((name) => [name, zeros]));
});

describe('models at the published size', () => {
  beforeAll(async () => {
    await loadEngine(hasEngine('cpu') ? 'cpu' : 'wasm');
  });

  // The specification's quick table and section 5.6, counted by running the released code.
  test.each([
    ['dbcnn', 91, 15_311_345, 15_311_345],
    ['maniqa', 316, 135_747_530, 114_164_578],
  ])('%s has %s entries and %s parameters, of which %s ever get a gradient', (id, ...expected) => {
    const def = models.find(id);
    const model = def.build(defaultValues(def.params), 1);
    const idle = (name: string): boolean =>
      model.idle?.some((prefix) => name.startsWith(prefix)) ?? false;
    let [all, active] = [0, 0];
    for (const [name, { size }] of model.parameters()) {
      all += size;
      if (!idle(name)) active += size;
    }
    expect([model.stateDict().size, all, active]).toEqual(expected);
    model.dispose();
  });
});
