import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { FigureOptions } from '@shared/domain/study';
import { formatInfo } from '@shared/export-formats';
import type { Exported, FigureFormat, TableFormat } from '@shared/rpc';
import { insertExport } from '../db/exports';
import type { JobBoard } from '../jobs/board';
import { replaceFile } from '../workspace/replace-file';

export interface Export {
  /** Id of the figure or table. */
  readonly defId: string;
  readonly format: FigureFormat | TableFormat;
  /** Everything the file is made from except its format: the same recipe gives the same name. */
  readonly recipe: Readonly<Record<string, unknown>> & { readonly options: FigureOptions };
  readonly bytes: Uint8Array;
  /** Text of the recipe that is written beside it. */
  readonly recipeText?: string;
}

/**
 * Writes an exported file into the workspace and records what made it. The formats of one figure
 * share a name, and exporting the same again replaces the file.
 */
export async function storeExport(board: JobBoard, made: Export): Promise<Exported> {
  const { defId, format, recipe, bytes } = made;
  const mark = sha256(JSON.stringify(recipe)).slice(0, 6);
  const stem = [defId, slug(recipe.options.attack ?? ''), mark].filter((part) => part !== '');
  const fileName = `${stem.join('-')}.${formatInfo(format).extension}`;
  const own = await store(board, fileName, format, made, bytes);
  if (made.recipeText === undefined) return own;
  const beside = `${stem.join('-')}.recipe.json`;
  const text = Buffer.from(made.recipeText, 'utf8');
  return { ...own, recipe: await store(board, beside, 'recipe', made, text) };
}

async function store(
  board: JobBoard,
  fileName: string,
  format: string,
  { defId, recipe }: Export,
  bytes: Uint8Array,
): Promise<Exported> {
  const path = join(board.layout.exports, fileName);
  await replaceFile(path, bytes);
  const sizeBytes = bytes.length;
  const id = insertExport(board.db, {
    fileName,
    defId,
    format,
    recipe: { defId, ...recipe },
    sizeBytes,
    sha256: sha256(bytes),
    createdAtMs: Date.now(),
  });
  return { fileName, path, mediaId: String(id), sizeBytes };
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Letters, digits and dots of a label, safe in a file name on every system. */
function slug(label: string): string {
  const plain = label.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-');
  return plain.replaceAll(/^[-.]+|[-.]+$/g, '').slice(0, 60);
}
