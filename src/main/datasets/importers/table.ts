import { join, relative } from 'node:path';
import type { ImportPreview, LabelMapping } from '@shared/domain/dataset';
import { LabError } from '@shared/errors';
import { PREVIEW_ROWS, type Importer, type LabelSet } from '../importer';
import { isFolder, isTableName, listTables, locateLabels, type Located } from '../labels/locate';
import { guessMapping, readEntries } from '../labels/mapping';

/** Any folder of pictures with a CSV, TSV, TXT or XLSX label file; the person confirms what the columns mean. */
const table: Importer = {
  id: 'table',
  title: 'Folder with a label file',

  async recognises(path) {
    if (!(await isFolder(path))) return isTableName(path) ? 0.5 : 0;
    return (await listTables(path)).length > 0 ? 0.3 : 0;
  },

  async preview(path, mapping): Promise<ImportPreview> {
    const located = await locateLabels(path);
    const { table: labels, root, imageFolder, labelFile } = located;
    const used = mapping ?? guessMapping(labels);
    return {
      importer: table.id,
      title: table.title,
      imageFolder: join(root, imageFolder),
      labelFile,
      columns: [...labels.columns],
      rows: labels.rows.slice(0, PREVIEW_ROWS).map((row) => [...row]),
      rowCount: labels.rows.length,
      mapping: used,
      notes: [...located.notes, ...(used ? describeMatch(located, used) : [noGuess])],
    };
  },

  async read(path, mapping): Promise<LabelSet> {
    const located = await locateLabels(path);
    const used = mapping ?? guessMapping(located.table);
    if (!used) throw noColumns(located);
    const { entries, problems } = readEntries(located.table, used);
    return {
      root: located.root,
      imageFolders: [located.imageFolder],
      scoreKind: used.scoreKind,
      scoreMin: used.scoreMin,
      scoreMax: used.scoreMax,
      synthetic: false,
      entries,
      excluded: [],
      problems,
      notes: located.notes,
    };
  },
};
export default table;

const noGuess = 'No column of numbers was found; choose the columns by hand.';

/** How many rows can be used with this mapping, before any picture is opened. */
function describeMatch(
  { table: labels, index, imageFolder }: Located,
  mapping: LabelMapping,
): string[] {
  const { entries, problems } = readEntries(labels, mapping);
  const found = entries.filter(({ name }) => 'relPath' in index.find(name, [imageFolder])).length;
  const ratings = `${entries.length} of ${labels.rows.length} rows have a usable rating`;
  const first = problems[0]
    ? `; the first that has none: ${problems[0].name} (${problems[0].reason})`
    : '';
  return [`${ratings}, ${found} of them a picture${first}.`];
}

function noColumns({ table: labels, labelFile, root }: Located): LabError {
  const list = labels.columns.map((name) => `"${name}"`).join(', ');
  return new LabError({
    kind: 'bad-input',
    message: `No column with ratings was recognised in "${relative(root, labelFile)}"; its columns are ${list}.`,
    safe: 'Nothing was imported.',
    next: 'Say which columns hold the file names and the ratings.',
  });
}
