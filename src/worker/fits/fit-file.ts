import { createHash, randomUUID } from 'node:crypto';
import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { WeightFacts } from '@shared/domain/weights';
import { LabError } from '@shared/errors';
import { ParamValues } from '@shared/params';
import { writeSafetensors, type Tensor } from '../weights/safetensors';

/**
 * The file of a fit: safetensors, so that any reader gets the tensors out, with what it is and where it came from as
 * metadata.
 */
export interface FitFile {
  /** What it is: "pattern", "uap-pattern". */
  readonly kind: string;
  readonly id: string;
  /** "Universal perturbation, 256 x 256" */
  readonly title: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** What is needed to use the tensors again, such as the size of a network. */
  readonly settings: Readonly<ParamValues>;
  /** Texts by key: data set, run, seed, and their checksums. */
  readonly provenance: Readonly<Record<string, string>>;
}

const FORMAT = 'iqalab-fit-1';

export interface WrittenFit {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Writes a fit's file into a folder, read-only, under the name of its own SHA-256. */
export async function writeFit(folder: string, file: FitFile): Promise<WrittenFit> {
  for (const [name, { data }] of file.tensors) {
    if (!data.every(Number.isFinite)) throw notFinite(name);
  }
  const metadata = new Map([
    ['format', FORMAT],
    ['kind', file.kind],
    ['id', file.id],
    ['title', file.title],
    ['fit_settings', JSON.stringify(file.settings)],
    ['provenance', JSON.stringify(file.provenance)],
  ]);
  const bytes = writeSafetensors(file.tensors, metadata);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const path = join(folder, sha256);
  if (!existsSync(path)) {
    const unfinished = join(folder, `.${randomUUID()}.unfinished`);
    try {
      await writeFile(unfinished, bytes, { flush: true });
      await chmod(unfinished, 0o444);
      await rename(unfinished, path);
    } finally {
      await rm(unfinished, { force: true });
    }
  }
  return { path, sha256, sizeBytes: bytes.length };
}

/**
 * What the metadata of a safetensors file says of a fit; null where the file is none.
 * @param texts metadata by key
 * @throws LabError `unreadable-file` where it says that it is one, but not what
 */
export function readFit(
  texts: Readonly<Record<string, unknown>>,
  tensors: FitFile['tensors'],
): FitFile | null {
  if (texts['format'] !== FORMAT) return null;
  try {
    const { kind, id, title, fit_settings: settings, provenance } = v.parse(Texts, texts);
    return {
      kind,
      id,
      title,
      tensors,
      settings: v.parse(ParamValues, JSON.parse(settings)),
      provenance: v.parse(v.record(v.string(), v.string()), JSON.parse(provenance)),
    };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof v.ValiError)) throw error;
    throw new LabError(
      {
        kind: 'unreadable-file',
        message: 'the file says that it is the result of a fit, but what it says is damaged',
        safe: 'The file was not changed.',
        next: 'Fit it again, or take the file from the workspace it was made in.',
      },
      { cause: error },
    );
  }
}

const Texts = v.object({
  kind: v.string(),
  id: v.string(),
  title: v.string(),
  fit_settings: v.string(),
  provenance: v.string(),
});

/** What the inventory shows of a fit's file. */
export function fitFacts(file: FitFile): WeightFacts {
  const { provenance: of, tensors } = file;
  let values = 0;
  for (const { data } of tensors.values()) values += data.length;
  const model = of['run']
    ? `the model of ${of['run']} (weights ${(of['run_weights_sha256'] ?? '').slice(0, 12)}) and `
    : '';
  const pictures = of['limit'] === 'all' ? 'all' : `the first ${of['limit'] ?? '?'}`;
  return {
    format: 'safetensors',
    kind: file.kind,
    id: file.id,
    variant: '',
    title: file.title,
    tensors: tensors.size,
    values,
    notes: [
      `Fitted on ${model}${pictures} ${of['side'] ?? ''} pictures of ${of['dataset'] ?? 'a data set'}, split ${of['split'] ?? ''} (data ${(of['dataset_hash'] ?? '').slice(0, 12)}, split ${(of['split_hash'] ?? '').slice(0, 12)}), seed ${of['seed'] ?? '?'}.`,
      `Fit ${of['fit'] ?? '?'}, version ${of['fit_version'] ?? '?'}, settings ${of['settings'] ?? '{}'}.`,
    ],
  };
}

function notFinite(name: string): LabError {
  return new LabError({
    kind: 'non-finite',
    message: `the fit came to "${name}" with values that are not numbers`,
    safe: 'Nothing was added to the inventory.',
    next: 'Fit again with a smaller step.',
  });
}
