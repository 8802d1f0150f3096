import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { must } from '../../../src/shared/errors';
import { weightCatalogue } from '../../../src/shared/weights/catalogue';
import { models } from '../../../src/worker/models';
import { loadInitial } from '../../../src/worker/runtime/executors/initial-weights';
import { readFacts } from '../../../src/worker/runtime/weight-facts';
import { layouts, type WeightTensor } from '../../../src/worker/weights';
import { writeSafetensors } from '../../../src/worker/weights/safetensors';
import { realData } from '../../helpers/real-data';
import { useTempDir } from '../../helpers/temp-dir';
import { useCpuBackend } from '../attacks/toys';

const inTemp = useTempDir();
beforeAll(useCpuBackend);

/** Every tensor of a published file, all of one value. */
function tensorsOf(layoutId: string, value: number): Map<string, WeightTensor> {
  const [variant] = layouts.find(layoutId).variants;
  return new Map(
    [...must(variant, 'a layout has a size').tensors].map(([name, { shape }]) => {
      const count = shape.reduce((product, size) => product * size, 1);
      return [name, { shape, data: new Float32Array(count).fill(value) }];
    }),
  );
}

function file(name: string, tensors: ReadonlyMap<string, WeightTensor>) {
  const path = inTemp(name);
  const bytes = writeSafetensors(tensors);
  writeFileSync(path, bytes);
  return { path, label: name, sha256: createHash('sha256').update(bytes).digest('hex') };
}

const dbcnn = (width: number) => models.find('dbcnn').build({ width }, 3);

describe('what a weight file is', () => {
  it('is told in words, with its counts and what was not needed', async () => {
    const { path } = file('scnn.safetensors', tensorsOf('scnn', 0.5));
    expect(await readFacts(path)).toMatchObject({
      format: 'safetensors',
      kind: 'trunk',
      id: 'scnn',
      title: 'SCNN (synthetic distortions)',
    });
  });

  it('is refused with the nearest thing and the first difference where nothing fits', async () => {
    const tensors = tensorsOf('scnn', 0.5);
    tensors.delete('features.0.weight');
    const { path } = file('cut.safetensors', tensors);
    await expect(readFacts(path)).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringMatching(
        /^cut\.safetensors was read, but nothing fits it: .*Nearest is SCNN.*"features\.0\.weight"/,
      ) as string,
    });
  });

  const scnn = realData('weights', 'scnn.pkl');
  it.skipIf(scnn.missing)('scnn.pkl: is the published trunk of DBCNN', async () => {
    const facts = await readFacts(scnn.path);
    // The authors' file, counted in the specification: 68 tensors, 643,479 values.
    expect(facts).toMatchObject({ kind: 'trunk', id: 'scnn', tensors: 68, values: 643_479 });
    expect(facts.notes.join(' ')).toContain('module.');
    const sha256 = createHash('sha256').update(readFileSync(scnn.path)).digest('hex');
    const entry = weightCatalogue.find(({ sha256: known }) => known.includes(sha256));
    expect(entry?.recognisedAs).toEqual({ kind: 'trunk', id: 'scnn' });
  });
});

describe('the catalogue of weights', () => {
  it('names every published file of this version as the reader of weights calls it', () => {
    for (const { id, recognisedAs } of weightCatalogue.filter(({ later }) => !later)) {
      // A pattern is a picture.
      if (recognisedAs.kind === 'pattern') continue;
      const layout = layouts.all.get(recognisedAs.id);
      expect(layout?.kind, id).toBe(recognisedAs.kind);
    }
  });

  it('has the parts that the reader of weights can load into each model', () => {
    for (const layout of layouts.all.values()) {
      const listed = weightCatalogue.flatMap(({ uses, recognisedAs }) =>
        uses.flatMap((use) =>
          use.kind === 'trunk' && use.id === layout.id ? [recognisedAs.id] : [],
        ),
      );
      const loaded = (layout.starts ?? []).map(({ trunk }) => trunk);
      if (layout.kind === 'model') expect(listed.sort(), layout.id).toEqual(loaded.sort());
    }
  });
});

describe('loading what a run starts from', () => {
  it('puts a trunk into its part of the model, and a whole model into every part', async () => {
    // One test: a model of the published size takes seconds to draw.
    const model = dbcnn(1);
    const before = model.stateDict();
    const values = (name: string) => must(model.stateDict().get(name), name).data;
    const all = (names: readonly string[], value: number) => {
      for (const name of names)
        expect(
          values(name).every((v) => v === value),
          name,
        ).toBe(true);
    };
    const floats = [...before.keys()].filter((name) => !name.endsWith('num_batches_tracked'));
    // 9 blocks of convolution weight and bias, and of batch norm weight, bias, mean, variance.
    const branch = floats.filter((name) => name.startsWith('features2.'));
    expect(branch).toHaveLength(9 * 6);

    await loadInitial(model, 'dbcnn', [file('trunk.safetensors', tensorsOf('scnn', 0.25))]);
    all(['features2.0.weight', 'features2.25.running_var'], 0.25);
    for (const name of ['features1.0.weight', 'fc.weight']) {
      expect(values(name)).toEqual(before.get(name)?.data);
    }

    await loadInitial(model, 'dbcnn', [file('whole.safetensors', tensorsOf('dbcnn', 0.125))]);
    all(
      ['features1.28.weight', 'features2.0.weight', 'features2.25.running_var', 'fc.bias'],
      0.125,
    );
    model.dispose();
  });

  it('refuses a model of other settings by naming tensors, and changes no weight', async () => {
    const model = dbcnn(0.125);
    const drawn = model.stateDict();
    const loading = loadInitial(model, 'dbcnn', [file('wide.pth', tensorsOf('scnn', 0.25))]);
    await expect(loading).rejects.toMatchObject({
      kind: 'bad-input',
      message: expect.stringMatching(
        /^wide\.pth does not fit this model with its settings: "features2\.0\.weight" has shape \[48, 3, 3, 3\], the model's has \[6, 3, 3, 3\]; .*and \d+ more$/,
      ) as string,
    });
    expect(model.stateDict()).toEqual(drawn);
    model.dispose();
  });

  it('refuses the trunk of another model', async () => {
    const model = dbcnn(0.125);
    const loading = loadInitial(model, 'dbcnn', [file('other.pth', tensorsOf('resnet18', 0))]);
    await expect(loading).rejects.toThrow(/other\.pth does not fit this model/);
    model.dispose();
  });

  it('refuses a file whose content has changed since it was added, and one that is gone', async () => {
    const model = dbcnn(0.125);
    const changed = file('changed.pth', tensorsOf('scnn', 0));
    appendFileSync(changed.path, 'x');
    await expect(loadInitial(model, 'dbcnn', [changed])).rejects.toMatchObject({
      kind: 'unreadable-file',
    });
    const gone = { ...changed, path: inTemp('gone.pth') };
    await expect(loadInitial(model, 'dbcnn', [gone])).rejects.toMatchObject({
      kind: 'missing-file',
    });
    model.dispose();
  });
});
