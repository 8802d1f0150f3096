import type { ImportPreview, LabelMapping } from '@shared/domain/dataset';
import { LabError } from '@shared/errors';
import type { Importer } from './importer';

const modules = import.meta.glob<Importer>('./importers/*.ts', { eager: true, import: 'default' });

/** Every importer, by id. */
export const importers: ReadonlyMap<string, Importer> = new Map(
  Object.entries(modules).map(([file, importer]) => {
    const stem = file.slice(file.lastIndexOf('/') + 1, -'.ts'.length);
    if (importer.id !== stem) throw new Error(`importer "${importer.id}" is in file "${stem}.ts"`);
    return [importer.id, importer];
  }),
);

/** @throws LabError `bad-input` for an id that is none */
export function importerById(id: string): Importer {
  const importer = importers.get(id);
  if (importer) return importer;
  throw new LabError({
    kind: 'bad-input',
    message: `There is no importer "${id}"; there are ${[...importers.keys()].join(', ')}.`,
    safe: 'Nothing was imported.',
    next: 'Leave the choice to the lab, or name one of these.',
  });
}

/**
 * First look at a folder or label file, by the importer that recognises it best.
 *
 * @throws LabError `not-found` where nothing is recognised; else whatever that importer's preview throws
 */
export async function previewDataset(path: string, mapping?: LabelMapping): Promise<ImportPreview> {
  let best: { importer: Importer; confidence: number } | null = null;
  for (const importer of importers.values()) {
    const confidence = await importer.recognises(path);
    if (confidence > (best?.confidence ?? 0)) best = { importer, confidence };
  }
  if (best) return best.importer.preview(path, mapping);
  throw new LabError({
    kind: 'not-found',
    message: `No rated pictures were recognised in "${path}".`,
    safe: 'Nothing was imported.',
    next: 'Choose a folder with pictures and a CSV, TSV, TXT or XLSX file of ratings, the LIVEC release folder, or a label file.',
  });
}
