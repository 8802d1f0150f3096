import type { Dataset } from '@shared/domain/dataset';
import type { RecipeData } from '@shared/domain/recipe';
import { LabError, must } from '@shared/errors';
import type { RpcClient } from '@shared/rpc';

/**
 * The data set of a recipe: one with exactly its pictures and ratings that the workspace holds, else
 * imported from a folder and compared with what the recipe says of it.
 * @returns its name; null for pictures that the lab draws itself
 * @throws LabError `missing-file` where no folder was named, `conflict` where its pictures are others
 */
export async function ensureRecipeData(
  lab: RpcClient,
  data: RecipeData,
  folder: string | null,
): Promise<string | null> {
  const known = await lab.call('dataset.list', {});
  const found = known.find(({ contentHash }) => contentHash === data.contentHash);
  if (found) return found.name;
  if (data.demo) return null;
  if (folder === null) {
    throw new LabError({
      kind: 'missing-file',
      message: `the recipe needs the data set "${data.name}" (${data.images} pictures)`,
      safe: 'Nothing was started.',
      next: 'Say where its pictures and ratings lie: --data FOLDER.',
    });
  }
  const made = await imported(lab, data, folder, known);
  if (made.contentHash === data.contentHash) return made.name;
  throw new LabError({
    kind: 'conflict',
    message: `${folder} does not hold the pictures and ratings of the recipe: ${made.imageCount} pictures, the recipe has ${data.images}`,
    safe: `They were imported as "${made.name}"; nothing was trained.`,
    next: 'Name the folder of the same release. Where columns were chosen by hand at import, import it that way into this workspace first; it is then recognised.',
    details: { expected: data.contentHash, found: made.contentHash },
  });
}

async function imported(
  lab: RpcClient,
  data: RecipeData,
  path: string,
  known: readonly Dataset[],
): Promise<Dataset> {
  const preview = await lab.call('dataset.preview', { path });
  const { scoreKind, scoreMin, scoreMax } = data;
  const mapping = preview.mapping && { ...preview.mapping, scoreKind, scoreMin, scoreMax };
  const taken = new Set(known.map(({ name }) => name));
  let name = data.name;
  for (let number = 2; taken.has(name); number++) name = `${data.name} (${number})`;
  const { importer } = preview;
  const { datasetId } = await lab.call('dataset.import', { path, name, importer, mapping });
  const all = await lab.call('dataset.list', {});
  return must(
    all.find(({ id }) => id === datasetId),
    'the data set was stored a moment ago',
  );
}
