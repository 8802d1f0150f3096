import type { ModelInfo, AttackInfo, Catalogue } from '@shared/domain/catalogue';
import type { Dataset, Split } from '@shared/domain/dataset';
import type { Pair, Run } from '@shared/domain/run';
import { LabError } from '@shared/errors';
import { nearest } from '@shared/params';
import type { RpcClient } from '@shared/rpc';

interface Named {
  readonly id: number;
  readonly name: string;
}

/**
 * Finds what a person named by number or by name; without a name, the newest.
 * @throws LabError `not-found` naming what there is
 */
export function findNamed<T extends Named>(
  what: string,
  items: readonly T[],
  given: string | undefined,
  makeOne: string,
): T {
  const newest = items.reduce<T | undefined>((a, b) => (a && a.id > b.id ? a : b), undefined);
  if (newest === undefined) {
    throw new LabError({ kind: 'not-found', message: `there is no ${what} yet`, next: makeOne });
  }
  if (given === undefined) return newest;
  const found =
    items.find((item) => String(item.id) === given) ??
    items.findLast((item) => item.name === given);
  if (found) return found;
  const near = nearest(
    given,
    items.map(({ name }) => name),
  );
  const list = items.map(({ id, name }) => `${id} (${name})`).join(', ');
  throw new LabError({
    kind: 'not-found',
    message: `there is no ${what} "${given}"`,
    next: near ? `Did you mean "${near}"?` : `There are: ${list}.`,
  });
}

export async function findDataset(lab: RpcClient, given: string | undefined): Promise<Dataset> {
  const items = await lab.call('dataset.list', {});
  return findNamed('data set', items, given, 'Import one: iqalab import FOLDER.');
}

export async function findSplit(
  lab: RpcClient,
  dataset: Dataset,
  given: string | undefined,
): Promise<Split> {
  const items = await lab.call('split.list', { datasetId: dataset.id });
  return findNamed(`split of ${dataset.name}`, items, given, 'Make one: iqalab split.');
}

export async function findPair(lab: RpcClient, given: string | undefined): Promise<Pair> {
  const items = await lab.call('pair.list', {});
  return findNamed('pair', items, given, 'Train one: iqalab train.');
}

/** Pairs by number or name; "all" for every one, the oldest first; without a name, the newest. */
async function findPairs(lab: RpcClient, given: readonly string[] | undefined): Promise<Pair[]> {
  if (given?.includes('all')) {
    const pairs = await lab.call('pair.list', {});
    if (pairs.length > 0) return [...pairs].sort((a, b) => a.id - b.id);
  }
  return Promise.all((given ?? [undefined]).map((each) => findPair(lab, each)));
}

/** Pairs of a series, in the order they were made. */
async function findSeries(lab: RpcClient, given: string): Promise<Pair[]> {
  const pairs = await lab.call('pair.list', {});
  const series = new Map(pairs.flatMap(({ series: own }) => (own ? [[own.id, own]] : [])));
  const next = 'Train one: iqalab train --repeats 5.';
  const found = findNamed('series', [...series.values()], given, next);
  return pairs.filter((pair) => pair.series?.id === found.id).reverse();
}

/** Runs named one by one, else those of a series, else the two of each pair, else the two of the newest pair. */
export async function findRuns(
  lab: RpcClient,
  options: { run?: readonly string[]; pair?: readonly string[]; series?: string },
): Promise<Run[]> {
  const all = (await lab.call('run.list', {})).filter((run) => run.deletedAtMs === null);
  if (options.run?.length) {
    return options.run.map((given) => findNamed('run', all, given, 'Train one: iqalab train.'));
  }
  const pairs =
    options.series === undefined
      ? await findPairs(lab, options.pair)
      : await findSeries(lab, options.series);
  const ids = new Set(pairs.flatMap((pair) => [pair.baselineRunId, pair.ntRunId]));
  return [...ids].flatMap((id) => all.find((run) => run.id === id) ?? []);
}

export function findModel(catalogue: Catalogue, id: string): ModelInfo {
  return findById('model', catalogue.models, id);
}

export function findAttack(catalogue: Catalogue, id: string): AttackInfo {
  return findById('attack', catalogue.attacks, id);
}

/** Finds an entry of a list of definitions by its id. */
export function findById<T extends { readonly id: string }>(
  what: string,
  items: readonly T[],
  id: string,
): T {
  const found = items.find((item) => item.id === id);
  if (found) return found;
  const ids = items.map((item) => item.id);
  const near = nearest(id, ids);
  throw new LabError({
    kind: 'not-found',
    message: `there is no ${what} "${id}"`,
    safe: 'Nothing was started.',
    next: near ? `Did you mean "${near}"?` : `There are: ${ids.join(', ')}.`,
  });
}
