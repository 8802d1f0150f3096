import { describe, expect, it } from 'vitest';
import { layouts, recognise, weightsFor, type WeightTensor } from '../../../src/worker/weights';
import type { Tensors } from '../../../src/worker/weights/layouts';

/** Only names and shapes are looked at: the tensors here have no values. */
function shapes(
  entries: Iterable<readonly [string, readonly number[]]>,
): Map<string, WeightTensor> {
  return new Map([...entries].map(([name, shape]) => [name, { shape, data: new Float32Array() }]));
}

function variant(id: string, variantId?: string): Tensors {
  const found = layouts
    .find(id)
    .variants.find((candidate) => variantId === undefined || candidate.id === variantId);
  if (!found) throw new Error(`no variant ${variantId} of ${id}`);
  return found.tensors;
}

function fileOf(id: string, variantId?: string): Map<string, WeightTensor> {
  return shapes([...variant(id, variantId)].map(([name, { shape }]) => [name, shape]));
}

function parameters(tensors: Tensors): number {
  return [...tensors.values()]
    .filter(({ role }) => role === 'parameter')
    .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

describe('layouts', () => {
  /** Entries and trainable numbers that the reference code has, run with torch 2.13; LinearityIQA's k and b are counted. */
  it.each([
    ['hyperiqa', 'resnet50', 355, 27_375_369],
    ['dbcnn', 'vgg16', 91, 15_311_345],
    ['linearityiqa', 'resnet18', null, 12_528_323],
    ['linearityiqa', 'resnet34', 264 + 2, 22_636_483],
    ['linearityiqa', 'resnet50', null, 27_219_139],
    ['linearityiqa', 'resnext101_32x8d', 672 + 2, 90_453_443],
    ['maniqa', 'vit_base_patch8_224', 316, 135_747_530],
    ['resnet50', 'resnet50', 318, 23_508_032],
    ['resnet34', 'resnet34', 216, 21_284_672],
    ['vgg16', 'vgg16', 26, 14_714_688],
    // The whole of vit_base_patch8_224 has 86,576,872, its classifier 769,000.
    ['vit_base_patch8_224', 'vit_base_patch8_224', 150, 86_576_872 - 769_000],
    // 68 in scnn.pkl, which has no num_batches_tracked; 531,120 + 99,840 + 10,023.
    ['scnn', 'scnn', 79, 640_983],
  ])('%s on %s has the tensors of the reference', (id, variantId, entries, numbers) => {
    const tensors = variant(id, variantId);
    if (entries !== null) expect(tensors.size).toBe(entries);
    expect(parameters(tensors)).toBe(numbers);
  });

  it.each([...layouts.all.keys()])('a file with the tensors of %s is recognised as such', (id) => {
    for (const { id: variantId } of layouts.find(id).variants) {
      const found = recognise(fileOf(id, variantId));
      expect(found).toMatchObject({ id, variant: variantId, naming: null, missing: [] });
    }
  });

  it('no tensor of a trunk is lost on its way into a model', () => {
    for (const layout of layouts.all.values()) {
      for (const { trunk, variant: only } of layout.starts ?? []) {
        const file = recognise(fileOf(trunk));
        if (file.kind === 'unknown') throw new Error(file.sentence);
        const weights = weightsFor(layout.id, file, only);
        const used = [...file.mapped.keys()].filter(
          (name) => !/^(projection|classifier)\./.test(name),
        );
        expect(weights?.size, `${trunk} in ${layout.id}`).toBe(used.length);
        const target = variant(layout.id, only);
        for (const [name, { shape }] of weights ?? []) {
          expect(target.get(name)?.shape, name).toEqual(shape);
        }
      }
    }
  });
});

describe('recognise', () => {
  it('knows the names of pyiqa for HyperIQA', () => {
    // Written out here by module, not by the layout's own rules.
    const ours = [...fileOf('hyperiqa')];
    const theirs = ours.map(([name, tensor]): [string, WeightTensor] => {
      const generator = /^fc(\d)([wb])_(?:conv|fc)\.(.*)$/.exec(name);
      if (generator) {
        const [, n, kind, rest] = generator;
        const inner = kind === 'b' || n === '5' ? '2.' : '';
        return [`fc_${kind}_modules.${Number(n) - 1}.${inner}${rest}`, tensor];
      }
      const branch = /^res\.lda(\d)_(pool\.0|fc)\.(.*)$/.exec(name);
      if (branch) {
        const [, n, part, rest] = branch;
        const index = part === 'fc' ? (n === '4' ? 2 : 3) : 0;
        return [`lda_modules.${Number(n) - 1}.${index}.${rest}`, tensor];
      }
      return [name.replace(/^res\./, 'base_model.'), tensor];
    });
    const found = recognise(new Map(theirs));
    expect(found).toMatchObject({ kind: 'model', id: 'hyperiqa', naming: 'pyiqa', missing: [] });
    if (found.kind === 'unknown') throw new Error(found.sentence);
    expect([...found.mapped.keys()].sort()).toEqual(ours.map(([name]) => name).sort());
    expect(found.sentence).toBe('HyperIQA, names of pyiqa: complete with 355 tensors.');
    for (const [name, tensor] of ours) expect(found.mapped.get(name)).toBe(tensor);
  });

  it('takes a trunk with its classifier, with or without counters, and says what it did not use', () => {
    const file = fileOf('resnet50');
    for (const name of file.keys()) if (name.endsWith('num_batches_tracked')) file.delete(name);
    for (const [name, tensor] of shapes([
      ['fc.weight', [1000, 2048]],
      ['fc.bias', [1000]],
      ['layer1.0.total_ops', [1]],
    ])) {
      file.set(name, tensor);
    }
    const found = recognise(file);
    expect(found).toMatchObject({
      kind: 'trunk',
      id: 'resnet50',
      unexpected: ['fc.weight', 'fc.bias', 'layer1.0.total_ops'],
      sentence: 'ResNet-50 (ImageNet): complete with 265 tensors; 3 more are not needed.',
    });
    expect(found.missing).toHaveLength(53);
  });

  it('finds the lines that LinearityIQA’s files keep beside the weights', () => {
    const file = fileOf('linearityiqa', 'resnet34');
    file.delete('k');
    file.delete('b');
    const found = recognise(file, { k: [1.5, [2], 3], b: [4, 5, 6], epoch: 3 });
    if (found.kind === 'unknown') throw new Error(found.sentence);
    expect(found.mapped.get('k')).toEqual({ shape: [3], data: Float32Array.of(1.5, 2, 3) });
    expect(found.mapped.get('b')).toEqual({ shape: [3], data: Float32Array.of(4, 5, 6) });
    // Without them, or with others, the file is still complete.
    expect(recognise(file)).toMatchObject({ id: 'linearityiqa', missing: ['k', 'b'] });
    expect(recognise(file, { k: [1, 2], b: 'none' })).toMatchObject({ missing: ['k', 'b'] });
  });

  it('does not take a larger network for the smaller one it contains', () => {
    const file = fileOf('resnet50');
    file.set('layer3.6.conv1.weight', { shape: [256, 1024, 1, 1], data: new Float32Array() });
    expect(recognise(file)).toMatchObject({
      kind: 'unknown',
      nearest: 'resnet50',
      sentence:
        'These weights fit no model known here. Nearest is ResNet-50 (ImageNet), with 318 of its 318 tensors: ' +
        '"layer3.6.conv1.weight" is not known.',
    });
  });

  it('says which shape differs: a ViT of another patch size', () => {
    const file = fileOf('vit_base_patch8_224');
    file.set('patch_embed.proj.weight', { shape: [768, 3, 16, 16], data: new Float32Array() });
    file.set('pos_embed', { shape: [1, 197, 768], data: new Float32Array() });
    expect(recognise(file).sentence).toBe(
      'These weights fit no model known here. Nearest is ViT-B/8 (ImageNet), with 148 of its 150 tensors: ' +
        '"pos_embed" has shape [1, 197, 768] instead of [1, 785, 768]; ' +
        '"patch_embed.proj.weight" has shape [768, 3, 16, 16] instead of [768, 3, 8, 8].',
    );
  });

  it('says what is missing', () => {
    const file = fileOf('dbcnn');
    file.delete('fc.weight');
    expect(recognise(file)).toMatchObject({
      kind: 'unknown',
      nearest: 'dbcnn',
      missing: ['fc.weight'],
      unexpected: [],
    });
    expect(recognise(file).sentence).toContain('90 of its 91 tensors: "fc.weight" is missing.');
  });

  it('names no nearest model where nothing is alike', () => {
    expect(recognise(shapes([['encoder.embedding', [10, 4]]]))).toMatchObject({
      kind: 'unknown',
      nearest: null,
      sentence: 'These weights belong to no model known here; they begin with "encoder.embedding".',
    });
  });
});

describe('weightsFor', () => {
  const file = (id: string, variantId?: string) => {
    const found = recognise(fileOf(id, variantId));
    if (found.kind === 'unknown') throw new Error(found.sentence);
    return found;
  };

  it('gives a model its own file, and its trunk under its own names', () => {
    expect(weightsFor('hyperiqa', file('hyperiqa'))?.size).toBe(355);
    const trunk = weightsFor('hyperiqa', file('resnet50'));
    expect(trunk?.size).toBe(318);
    expect([...(trunk?.keys() ?? [])].slice(0, 2)).toEqual(['res.conv1.weight', 'res.bn1.weight']);
    expect([...(weightsFor('dbcnn', file('scnn'))?.keys() ?? [])].at(-1)).toBe(
      'features2.25.num_batches_tracked',
    );
    expect(
      weightsFor('linearityiqa', file('resnet34'), 'resnet34')?.has('features.7.2.conv2.weight'),
    ).toBe(true);
  });

  it('gives nothing for another model, another size, or a trunk the model does not start from', () => {
    expect(weightsFor('dbcnn', file('hyperiqa'))).toBeNull();
    expect(weightsFor('hyperiqa', file('resnet34'))).toBeNull();
    expect(weightsFor('linearityiqa', file('resnet50'), 'resnet34')).toBeNull();
    expect(weightsFor('linearityiqa', file('linearityiqa', 'resnet18'), 'resnet34')).toBeNull();
    expect(weightsFor('nothing', file('resnet50'))).toBeNull();
  });
});
