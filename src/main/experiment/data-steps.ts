import { resolve } from 'node:path';
import type { Dataset, Split, SplitSpec } from '@shared/domain/dataset';
import { LabError, must } from '@shared/errors';
import type { Context } from './context';
import { same } from '@shared/canonical';
import { usualName } from './usual-name';

/**
 * The experiment's data set, imported or generated unless the workspace has it. One of the same
 * name from elsewhere is refused rather than taken for it.
 */
export async function ensureDataset(context: Context): Promise<Dataset> {
  const { lab, plan, narrator } = context;
  const wanted = plan.dataset;
  const end = lab.on('import.progress', (progress) => narrator.importing(progress));
  try {
    if ('stored' in wanted) return await ensureStored(context, wanted.stored);
    return 'demo' in wanted
      ? await ensureDemo(context, wanted.demo.images, wanted.demo.seed ?? plan.seed, wanted.name)
      : await ensureFolder(context, wanted);
  } finally {
    end();
  }
}

async function ensureStored(context: Context, name: string): Promise<Dataset> {
  const found = await findByName(context, name);
  if (!found) {
    throw new LabError({
      kind: 'not-found',
      message: `the workspace has no data set named "${name}"`,
      safe: 'Nothing was started.',
      next: `Import it first: iqalab import FOLDER --name "${name}".`,
    });
  }
  context.narrator.step('reused', `data set ${name}`);
  return found;
}

async function ensureDemo(
  context: Context,
  images: number,
  seed: number,
  given: string | undefined,
): Promise<Dataset> {
  const { lab, narrator } = context;
  // The seed is part of the name because a stored set is recognised by it.
  const name = given ?? `Demo, ${images} pictures, seed ${seed}`;
  const found = await findByName(context, name);
  if (found) {
    // Too few usable pictures cannot happen with generated ones, so the count is exact.
    if (!found.synthetic || found.imageCount !== images) throw otherDataset(found);
    narrator.step('reused', `data set ${name} (synthetic)`);
    return found;
  }
  const { datasetId } = await lab.call('dataset.createDemo', { name, images, seed });
  narrator.step('done', `data set ${name}: ${images} pictures generated (synthetic)`);
  return await getDataset(context, datasetId);
}

async function ensureFolder(
  context: Context,
  wanted: Extract<Context['plan']['dataset'], { path: string }>,
): Promise<Dataset> {
  const { lab, narrator, baseDir } = context;
  const path = resolve(baseDir, wanted.path);
  const preview = await lab.call('dataset.preview', { path });
  if (!preview.mapping && wanted.mapping) {
    throw new LabError({
      kind: 'bad-input',
      message: `dataset.mapping: ${preview.title} has fixed columns`,
      safe: 'Nothing was imported.',
      next: 'Leave out "mapping".',
    });
  }
  const mapping = preview.mapping && { ...preview.mapping, ...wanted.mapping };
  const name = wanted.name ?? usualName(preview);
  const found = await findByName(context, name);
  if (found) {
    const sameRatings =
      !mapping ||
      (mapping.scoreKind === found.scoreKind &&
        mapping.scoreMin === found.scoreMin &&
        mapping.scoreMax === found.scoreMax);
    if (found.importer !== preview.importer || found.synthetic || !sameRatings) {
      throw otherDataset(found);
    }
    narrator.step('reused', `data set ${name}`);
    return found;
  }
  const { importer } = preview;
  const report = await lab.call('dataset.import', { path, name, importer, mapping });
  const left = report.problems.length;
  const note = left > 0 ? `, ${left} could not be used` : '';
  narrator.step('done', `data set ${name}: ${report.imported} pictures${note}`);
  return await getDataset(context, report.datasetId);
}

async function findByName({ lab }: Context, name: string): Promise<Dataset | undefined> {
  return (await lab.call('dataset.list', {})).findLast((dataset) => dataset.name === name);
}

async function getDataset({ lab }: Context, id: number): Promise<Dataset> {
  const all = await lab.call('dataset.list', {});
  return must(
    all.find((dataset) => dataset.id === id),
    'the data set was stored a moment ago',
  );
}

function otherDataset(found: Dataset): LabError {
  return new LabError({
    kind: 'conflict',
    message: `the workspace has another data set named "${found.name}"`,
    safe: 'Nothing was imported.',
    next: 'Give the experiment\'s data set its own "name", or use another workspace.',
  });
}

/**
 * The experiment's split, and as many repeats of it with the next seeds as a pair asks for; each is
 * made unless the data set has one with exactly this description.
 */
export async function ensureSplits(
  context: Context,
  dataset: Dataset,
): Promise<readonly [Split, ...Split[]]> {
  const { plan } = context;
  const spec = await splitSpec(context, dataset);
  const counts = plan.pairs.map(({ repeats }) => (repeats?.over === 'splits' ? repeats.count : 1));
  const count = Math.max(1, ...counts);
  const usual = spec.method === 'imported' ? spec.source : `seed ${spec.seed}`;
  const nameOf = (i: number) => (count === 1 ? usual : `${usual}, repeat ${i + 1}`);
  const first = await ensureSplit(context, dataset, spec, nameOf(0));
  const others: Split[] = [];
  for (let i = 1; i < count; i++) {
    const next = { ...spec, seed: spec.seed + i };
    others.push(await ensureSplit(context, dataset, next, nameOf(i)));
  }
  return [first, ...others];
}

async function ensureSplit(
  { lab, narrator }: Context,
  dataset: Dataset,
  spec: SplitSpec,
  name: string,
): Promise<Split> {
  const all = await lab.call('split.list', { datasetId: dataset.id });
  const found = all.findLast((split) => same(split.spec, spec));
  if (found) {
    narrator.step('reused', `split ${found.name}`);
    return found;
  }
  const made = await lab.call('split.create', { datasetId: dataset.id, name, spec, repeats: 1 });
  const split = must(made[0], 'one repeat gives one split');
  const { train, validation, test } = split.counts;
  narrator.step('done', `split ${split.name}: ${train} / ${validation} / ${test} pictures`);
  return split;
}

async function splitSpec(context: Context, dataset: Dataset): Promise<SplitSpec> {
  const { lab, plan, baseDir } = context;
  const wanted = plan.split;
  const seed = wanted.seed ?? plan.seed;
  if (wanted.method === 'random') return { ...wanted, seed };
  if (wanted.method === 'positions') return { ...wanted, method: 'imported', seed };
  const path = resolve(baseDir, wanted.indexFile);
  const index = await lab.call('split.readIndexFile', { datasetId: dataset.id, path });
  return { method: 'imported', ...index, seed, validationShare: wanted.validationShare };
}
