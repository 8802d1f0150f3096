import { describe, expect, it } from 'vitest';
import { readWeights, recognise } from '../../../src/worker/weights';
import { realData } from '../../helpers/real-data';

/**
 * Files as their authors published them. Expected values are those that torch.load gives, as recorded when the reference
 * code was run on CPU with torch 2.13. They were printed as float32 with 8 decimals: half the last one and half a step
 * of float32 below 0.25 make the tolerance.
 */
const ATOL = 0.5e-8 + 2 ** -27;

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) =>
    expect(Math.abs((actual[i] ?? NaN) - value)).toBeLessThanOrEqual(ATOL),
  );
}

const scnn = realData('weights', 'scnn.pkl');
const lpips = realData('weights', 'lpips-v0.1-vgg.pth');
const dists = realData('weights', 'dists-weights.pt');

function first(values: Float32Array | undefined, count: number): number[] {
  return [...(values ?? []).slice(0, count)];
}

describe('weights files from their authors', () => {
  it.skipIf(scnn.missing)('scnn.pkl (DBCNN) holds the 68 tensors of the SCNN', async () => {
    const file = await readWeights(scnn.path);
    expect(file).toMatchObject({ format: 'torch-legacy', entry: null, stripped: ['module.'] });
    expect(file.extra).toEqual({});
    expect(file.notes).toEqual([]);
    expect(file.tensors.size).toBe(68);
    expect(recognise(file.tensors)).toMatchObject({ kind: 'trunk', id: 'scnn', unexpected: [] });
    const total = [...file.tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
    expect(total).toBe(643_479);
    const conv = file.tensors.get('features.0.weight');
    expect(conv?.shape).toEqual([48, 3, 3, 3]);
    const kernel = [
      [0.02449894, -0.00583154, -0.06346612],
      [-0.00686298, -0.06350346, -0.05147953],
      [-0.04578669, -0.05375074, -0.03986857],
    ].flat();
    expectClose(first(conv?.data, 9), kernel);
    const norm = (name: string): number[] => first(file.tensors.get(`features.1.${name}`)?.data, 3);
    expectClose(norm('running_mean'), [0.02739763, 0.00066486, 0.00022092]);
    expectClose(norm('running_var'), [0.1176306, 0.18691144, 0.08630701]);
  });

  it.skipIf(lpips.missing)('lpips-v0.1-vgg.pth holds five linear layers', async () => {
    // A file of Python 2: its texts are bytes.
    const { tensors } = await readWeights(lpips.path);
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual(
      [64, 128, 256, 512, 512].map((size, i) => [`lin${i}.model.1.weight`, [1, size, 1, 1]]),
    );
    expect(recognise(tensors)).toMatchObject({ kind: 'distance', id: 'lpips-vgg' });
  });

  it.skipIf(dists.missing)('dists-weights.pt holds alpha and beta', async () => {
    const { tensors } = await readWeights(dists.path);
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
      ['alpha', [1, 1475, 1, 1]],
      ['beta', [1, 1475, 1, 1]],
    ]);
  });
});
