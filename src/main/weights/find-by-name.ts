import type { InitialChoice, StoredWeights } from '@shared/domain/weights';
import { LabError } from '@shared/errors';
import type { ParamSpec, ParamValues } from '@shared/params';
import type { RpcClient } from '@shared/rpc';

/** Shorter beginnings of a checksum would be taken for something else. */
const minDigits = 6;

/** Every weight file of the workspace. */
export async function allWeights(lab: RpcClient): Promise<StoredWeights[]> {
  const { entries, others } = await lab.call('weights.list', {});
  return [...entries.flatMap(({ files }) => files), ...others];
}

/**
 * Finds a weight file of the workspace by its entry in the catalogue, its name, or the beginning of
 * its SHA-256.
 * @throws LabError `not-found` saying what there is, `conflict` where several fit
 */
export async function findWeightsByName(lab: RpcClient, given: string): Promise<StoredWeights> {
  const { entries, others } = await lab.call('weights.list', {});
  const all = [...entries.flatMap(({ files }) => files), ...others];
  const found = all.filter(
    ({ sha256, entryId, fileName }) =>
      entryId === given ||
      fileName === given ||
      (given.length >= minDigits && sha256.startsWith(given.toLowerCase())),
  );
  const [only, ...more] = found;
  if (only && more.length === 0) return only;
  if (only) {
    const list = found.map(({ sha256, fileName }) => `${sha256.slice(0, 12)} (${fileName})`);
    throw new LabError({
      kind: 'conflict',
      message: `several weight files fit "${given}"`,
      safe: 'Nothing was changed.',
      next: `Name one by its SHA-256: ${list.join(', ')}.`,
    });
  }
  const entry = entries.find(({ entry: known }) => known.id === given)?.entry;
  throw new LabError({
    kind: 'not-found',
    message: entry
      ? `${entry.title} is not in this workspace yet`
      : `there is no weight file "${given}" in this workspace`,
    safe: 'Nothing was changed.',
    next: entry
      ? `Its authors publish ${entry.fileNames[0] ?? 'it'} here: ${entry.page}. Then: iqalab weights add PATH.`
      : 'See what there is: iqalab weights.',
  });
}

/**
 * Settings in which files are named as a person names them (see `findWeightsByName`), with their
 * checksums in place of the names.
 */
export async function withChosenFiles(
  lab: RpcClient,
  specs: readonly ParamSpec[],
  values: ParamValues,
): Promise<ParamValues> {
  const found = { ...values };
  for (const { id, type } of specs) {
    const given = values[id];
    if (type !== 'weights' || typeof given !== 'string' || given === '') continue;
    found[id] = (await findWeightsByName(lab, given)).sha256;
  }
  return found;
}

/**
 * What a person named as the start of a run: `scratch`, or weight files. Nothing named is nothing
 * chosen; the host then decides whether that will do.
 * @throws LabError as `findWeightsByName`, `bad-input` for `scratch` beside files
 */
export async function chooseInitial(
  lab: RpcClient,
  given: readonly string[],
): Promise<InitialChoice | undefined> {
  if (given.length === 0) return undefined;
  if (given.includes('scratch')) {
    if (given.length === 1) return { kind: 'scratch' };
    throw new LabError({
      kind: 'bad-input',
      message: `a run starts from scratch or from files, not both: ${given.join(', ')}`,
      safe: 'Nothing was started.',
      next: 'Leave out "scratch": what no file holds is drawn from the seed anyway.',
    });
  }
  const files = [];
  for (const name of given) files.push(await findWeightsByName(lab, name));
  return { kind: 'weights', sha256: files.map(({ sha256 }) => sha256) };
}
