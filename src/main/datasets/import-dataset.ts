import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type {
  Dataset,
  DatasetImage,
  ImportProblem,
  ImportReport,
  LabelMapping,
} from '@shared/domain/dataset';
import { LabError } from '@shared/errors';
import { folderOf, indexImages, type Found, type ImageIndex } from './image-index';
import type { LabelEntry, LabelSet } from './importer';
import { inspectImages, throwIfCancelled, type Inspected } from './inspect-images';
import { importerById } from './registry';

export interface ImportRequest {
  /** Folder or label file, as given to `previewDataset`. */
  readonly path: string;
  readonly importer: string;
  readonly mapping: LabelMapping | null;
}

export interface ImportProgress {
  readonly done: number;
  readonly total: number;
  readonly phase: string;
}

/** An image to be stored; `relPath` is below the data set's root, with forward slashes. */
export type ImportedImage = Omit<DatasetImage, 'id' | 'datasetId'> & { readonly relPath: string };

/** Everything the host stores about a new data set; name and time are its own. */
export interface ImportedDataset {
  readonly dataset: Omit<Dataset, 'id' | 'name' | 'imageCount' | 'createdAtMs'>;
  readonly images: readonly ImportedImage[];
  readonly report: Omit<ImportReport, 'datasetId'>;
}

interface Matched extends Found {
  readonly entry: LabelEntry;
}

/**
 * Reads a data set from disk: labels, then every picture once. Touches no database and changes no file; whatever cannot
 * be used is listed in the report, and the rest is imported.
 *
 * @throws LabError `bad-input` if no picture at all can be used, `cancelled`, or what the importer throws about its labels
 */
export async function importDataset(
  { path, importer, mapping }: ImportRequest,
  onProgress: (progress: ImportProgress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<ImportedDataset> {
  onProgress({ done: 0, total: 1, phase: 'Reading labels' });
  const labels = await importerById(importer).read(path, mapping);
  const index = await indexImages(labels.root);
  throwIfCancelled(signal);
  const problems = [...labels.problems];
  const matched = await matchAll(labels, index, problems);
  const total = matched.length;
  const phase = 'Reading pictures';
  onProgress({ done: 0, total, phase });
  const inspected = await inspectImages(
    matched.map(({ relPath }) => join(labels.root, relPath)),
    (done) => onProgress({ done, total, phase }),
    signal,
  );
  const images = collect(matched, inspected, problems);
  problems.push(...unlabelled(matched, index, labels));
  if (images.length === 0) throw nothingUsable(path, labels, problems);
  const notes = [...labels.notes, ...describeBending(matched), ...describeDecoding(inspected)];
  return {
    dataset: {
      importer,
      root: labels.root,
      scoreKind: labels.scoreKind,
      scoreMin: labels.scoreMin,
      scoreMax: labels.scoreMax,
      synthetic: labels.synthetic,
      contentHash: contentHash(images),
    },
    images,
    report: { imported: images.length, excluded: [...labels.excluded], problems, notes },
  };
}

/** SHA-256 over name, file hash and raw rating of every image in order. */
export function contentHash(
  images: readonly Pick<DatasetImage, 'name' | 'sha256' | 'score'>[],
): string {
  const hash = createHash('sha256');
  for (const image of images) {
    hash.update(`${JSON.stringify([image.name, image.sha256, image.score])}\n`);
  }
  return hash.digest('hex');
}

/** Finds the picture of every label; a label that has none, or shares one, becomes a problem. */
async function matchAll(
  labels: LabelSet,
  index: ImageIndex,
  problems: ImportProblem[],
): Promise<Matched[]> {
  const root = await realpath(labels.root);
  const matched: Matched[] = [];
  const takenBy = new Map<string, string>();
  for (const entry of labels.entries) {
    const found = index.find(entry.name, labels.imageFolders);
    if ('problem' in found) {
      problems.push({ kind: found.problem, name: entry.name, reason: found.reason });
      continue;
    }
    const taken = takenBy.get(found.relPath);
    if (taken !== undefined) {
      const reason =
        taken === entry.name
          ? 'the label file names it more than once; the first rating was used'
          : `"${taken}" means the same picture; its rating was used`;
      problems.push({ kind: 'duplicate', name: entry.name, reason });
      continue;
    }
    const target = await realpath(join(root, found.relPath)).catch(() => null);
    if (target !== null && !target.startsWith(root.endsWith(sep) ? root : root + sep)) {
      const reason = 'it is a link to a file outside the data set folder; it was not opened';
      problems.push({ kind: 'outside-root', name: entry.name, reason });
      continue;
    }
    takenBy.set(found.relPath, entry.name);
    matched.push({ entry, ...found });
  }
  return matched;
}

function collect(
  matched: readonly Matched[],
  inspected: readonly Inspected[],
  problems: ImportProblem[],
): ImportedImage[] {
  const images: ImportedImage[] = [];
  const firstWith = new Map<string, string>();
  for (const [i, { entry, relPath }] of matched.entries()) {
    const seen = inspected[i];
    if (!seen) throw new Error(`import: picture ${i} was not inspected`);
    if ('error' in seen) {
      problems.push({ kind: 'unreadable', name: entry.name, reason: seen.error.message });
      continue;
    }
    const first = firstWith.get(seen.sha256);
    if (first === undefined) {
      firstWith.set(seen.sha256, entry.name);
    } else {
      // Published data sets hold such pairs (LIVEC has one), so both stay; splits keep them together.
      const reason = `it is the same file as "${first}"; both were imported`;
      problems.push({ kind: 'duplicate', name: entry.name, reason });
    }
    images.push({
      position: entry.position,
      name: entry.name,
      relPath,
      width: seen.width,
      height: seen.height,
      score: entry.score,
      scoreStd: entry.std,
      groupKey: entry.group,
      sha256: seen.sha256,
      dhash: seen.dhash,
    });
  }
  return images;
}

/** Pictures without a label, in the folders where labelled ones lie; folders of references are thus left alone. */
function unlabelled(
  matched: readonly Matched[],
  index: ImageIndex,
  labels: LabelSet,
): ImportProblem[] {
  const folders = new Set(matched.map(({ relPath }) => folderOf(relPath)));
  const known = new Set(matched.map(({ relPath }) => relPath));
  for (const { name } of labels.problems) {
    const found = index.find(name, labels.imageFolders);
    if ('relPath' in found) known.add(found.relPath);
  }
  return index.paths
    .filter((path) => folders.has(folderOf(path)) && !known.has(path))
    .map((name) => ({
      kind: 'unlabelled-image',
      name,
      reason: 'the label file has no rating for it',
    }));
}

function describeBending(matched: readonly Matched[]): string[] {
  const meanings = {
    spelling: 'in another spelling (case or accents)',
    extension: 'with another extension',
    folder: 'in another folder',
  };
  return Object.entries(meanings).flatMap(([bent, meaning]) => {
    const those = matched.filter((match) => match.bent === bent);
    const [first] = those;
    if (!first) return [];
    return `${those.length} of ${matched.length} pictures were found ${meaning}, such as "${first.entry.name}" as "${first.relPath}".`;
  });
}

function describeDecoding(inspected: readonly Inspected[]): string[] {
  const counts = new Map<string, number>();
  for (const seen of inspected) {
    for (const note of 'notes' in seen ? seen.notes : []) {
      counts.set(note, (counts.get(note) ?? 0) + 1);
    }
  }
  return [...counts].map(([note, count]) => `${count} of ${inspected.length} pictures: ${note}.`);
}

function nothingUsable(
  path: string,
  labels: LabelSet,
  problems: readonly ImportProblem[],
): LabError {
  const first = problems[0]
    ? ` The first problem: ${problems[0].name}: ${problems[0].reason}.`
    : '';
  return new LabError({
    kind: 'bad-input',
    message: `None of the ${labels.entries.length} rated pictures of "${path}" could be used.${first}`,
    safe: 'Nothing was imported.',
    next: 'Check that the column with the file names is the right one and that the pictures lie in the chosen folder.',
    details: { problems: problems.slice(0, 200) },
  });
}
