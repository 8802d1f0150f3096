import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ImportPreview, LabelMapping } from '@shared/domain/dataset';
import { LabError } from '@shared/errors';
import { PREVIEW_ROWS, type Importer, type LabelSet } from '../importer';
import { isFolder } from './locate';
import { readEntries } from './mapping';
import { readTable, type LabelTable } from './read-table';

/** A published data set whose label table always looks the same. */
export interface FixedTable {
  readonly id: string;
  readonly title: string;
  /** Label files below the data set's folder, the preferred one first, with forward slashes. */
  readonly labelFiles: readonly string[];
  /** Where its pictures lie below the folder. */
  readonly imageFolders: readonly string[];
  /** Mapping for a table with these columns. */
  readonly mapping: (columns: readonly string[]) => LabelMapping;
  /** What its image names look like; a table whose first name differs is not this data set. */
  readonly imageName: RegExp;
  /** Key of the reference content, from an image's name. */
  readonly groupOf?: (name: string) => string;
  /** True where pictures and ratings were made by a program. */
  readonly synthetic?: boolean;
  /** What a person should know about these ratings. */
  readonly notes: readonly string[];
}

interface Place {
  readonly root: string;
  readonly labelFile: string;
}

async function findPlace(path: string, { labelFiles }: FixedTable): Promise<Place | null> {
  if (await isFolder(path)) {
    for (const name of labelFiles) {
      const labelFile = join(path, name);
      if ((await stat(labelFile).catch(() => null))?.isFile()) return { root: path, labelFile };
    }
    return null;
  }
  const relative = labelFiles.find((name) => basename(name) === basename(path));
  if (relative === undefined) return null;
  const depth = relative.split('/').length;
  const root = Array.from({ length: depth }).reduce<string>((folder) => dirname(folder), path);
  return { root, labelFile: path };
}

/** An importer for a published layout, made from its description. */
export function fixedTable(layout: FixedTable): Importer {
  const open = async (path: string): Promise<Place & { table: LabelTable }> => {
    const place = await findPlace(path, layout);
    if (place) return { ...place, table: await readTable(place.labelFile) };
    throw new LabError({
      kind: 'missing-file',
      message: `"${path}" is not ${layout.title}: there is no ${layout.labelFiles.join(' or ')}.`,
      safe: 'Nothing was imported.',
      next: 'Choose the folder as it was published, or import it as a folder with a label file.',
    });
  };
  return {
    id: layout.id,
    title: layout.title,
    async recognises(path) {
      const place = await findPlace(path, layout);
      if (!place) return 0;
      try {
        const { columns, rows } = await readTable(place.labelFile);
        const name = rows[0]?.[columns.indexOf(layout.mapping(columns).image)] ?? '';
        return layout.imageName.test(name) ? 0.9 : 0;
      } catch (error) {
        // A table that cannot be read is some other file of the same name.
        if (error instanceof LabError) return 0;
        throw error;
      }
    },
    async preview(path): Promise<ImportPreview> {
      const { root, labelFile, table } = await open(path);
      return {
        importer: layout.id,
        title: layout.title,
        imageFolder: join(root, layout.imageFolders[0] ?? ''),
        labelFile,
        columns: [...table.columns],
        rows: table.rows.slice(0, PREVIEW_ROWS).map((row) => [...row]),
        rowCount: table.rows.length,
        mapping: null,
        notes: [...layout.notes, ...table.notes],
      };
    },
    async read(path): Promise<LabelSet> {
      const { root, table } = await open(path);
      const mapping = layout.mapping(table.columns);
      const { entries, problems } = readEntries(table, mapping);
      const { groupOf } = layout;
      return {
        root,
        imageFolders: layout.imageFolders,
        scoreKind: mapping.scoreKind,
        scoreMin: mapping.scoreMin,
        scoreMax: mapping.scoreMax,
        synthetic: layout.synthetic ?? false,
        entries: groupOf
          ? entries.map((entry) => ({ ...entry, group: groupOf(entry.name) }))
          : entries,
        excluded: [],
        problems,
        notes: [...layout.notes, ...table.notes],
      };
    },
  };
}

/** The column that matches, or the one at `fallback`, for tables whose headings vary between releases. */
export function pickColumn(columns: readonly string[], pattern: RegExp, fallback: number): string {
  return (
    columns.find((name) => pattern.test(name)) ?? columns[fallback] ?? `column ${fallback + 1}`
  );
}
