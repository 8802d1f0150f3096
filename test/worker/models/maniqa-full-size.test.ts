import { beforeAll, describe, expect, test, vi } from 'vitest';
import { defaultValues } from '@shared/params';
import { loadEngine } from '../../../src/worker/engine';
import maniqa from '../../../src/worker/models/maniqa';
import { layouts } from '../../../src/worker/weights';
import { hasEngine } from '../../helpers/engines';

// 135 million initial weights take half a minute to draw, and no test here looks at them.
vi.mock('@shared/random', () => ({
  random: () => ({
    uniforms: (count: number) => new Float32Array(count),
    normals: (count: number) => new Float32Array(count),
  }),
}));

describe.skipIf(!hasEngine('cpu'))('MANIQA at the published size, on cpu', () => {
  beforeAll(async () => {
    await loadEngine('cpu');
  });

  // Totals of the specification, sections 5.6 and quick table, counted with the released code.
  test('has the 316 released names and shapes and 135,747,530 parameters', () => {
    const model = maniqa.build(defaultValues(maniqa.params), 1);
    const sizes = [...model.parameters()].map(([name, variable]) => [name, variable.size] as const);
    const idle = (name: string): boolean =>
      model.idle?.some((prefix) => name.startsWith(prefix)) ?? false;
    const total = (list: typeof sizes): number => list.reduce((sum, [, size]) => sum + size, 0);
    expect(total(sizes)).toBe(135_747_530);
    expect(total(sizes.filter(([name]) => !idle(name)))).toBe(114_164_578);
    const ours = [...model.stateDict()].map(([name, { shape }]) => [name, shape] as const);
    expect(ours).toHaveLength(316);
    const published = [...(layouts.find('maniqa').variants[0]?.tensors ?? [])];
    expect(new Map(ours)).toEqual(new Map(published.map(([name, { shape }]) => [name, shape])));
    model.dispose();
  });
});
