import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { link, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { Run } from '@shared/domain/run';
import { LabError, must } from '@shared/errors';
import type { Args, ExportedWeights } from '@shared/rpc';
import type { WriteWeights, WrittenWeights } from '@shared/worker-protocol';
import { app } from '../app';
import { getDataset } from '../db/datasets';
import { errorCode, storageError } from '../db/errors';
import { insertExport } from '../db/exports';
import type { ReadableDb, WritableDb } from '../db/handle';
import { getRun, getRunFacts } from '../db/runs';
import { getSplit } from '../db/splits';
import type { FreeBytes } from '../jobs/disk-guard';
import { weightsOf } from '../jobs/payload';
import { freeBytes as freeOnDisk, reserveBytes, sizeText } from '../workspace/disk-space';
import type { Layout } from '../workspace/layout';

export interface ExportWeightsParts {
  readonly db: WritableDb;
  readonly layout: Layout;
  readonly write: (order: WriteWeights) => Promise<WrittenWeights>;
  readonly freeBytes?: FreeBytes;
}

/** The usual one first. No other is written: a page in a browser may name any path. */
const endings = { safetensors: ['.safetensors'], torch: ['.pth', '.pt', '.pkl', '.bin'] } as const;

/**
 * Writes the weights a run is judged by as a file for other programs, whole or not at all.
 * @throws LabError `conflict` where the run is not trained, or a file is there and may not be
 *   replaced; `disk-full`, `read-only`, `missing-file`
 */
export async function exportWeights(
  parts: ExportWeightsParts,
  { id, format, path: asked, overwrite }: Args<'run.exportWeights'>,
): Promise<ExportedWeights> {
  const { db, layout, write } = parts;
  const run = getRun(db, id);
  if (run.state !== 'done') throw notTrained(run);
  const path = asked ?? join(layout.exports, `${fileStem(run)}${endings[format][0]}`);
  requireUsable(path, format);
  if (existsSync(path) && !overwrite) throw taken(path);
  const checkpoint = weightsOf(db, layout, run);
  const folder = dirname(path);
  if (asked === null) mkdirSync(folder, { recursive: true });
  const unfinished = join(folder, `.${basename(path)}.${randomUUID()}.unfinished`);
  try {
    await stat(folder);
    await requireRoom(folder, (await stat(checkpoint)).size, parts.freeBytes ?? freeOnDisk);
    const written = await write({
      checkpoint,
      path: unfinished,
      format,
      modelParams: run.spec.modelParams,
      labScale: must(run.labScale, 'a finished run has a lab scale'),
      about: aboutRun(db, run),
    });
    await putInPlace(unfinished, path, overwrite);
    const fileName = basename(path);
    const mediaId = asked === null ? recorded(parts, run, fileName, format, written) : null;
    return { fileName, path, mediaId, ...written };
  } catch (thrown) {
    throw storageError(thrown, folder);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** For the header of a safetensors file: enough to find the run again. */
function aboutRun(db: ReadableDb, run: Run): Record<string, string> {
  const { spec } = run;
  return {
    run: run.name,
    made_by: `${app.name} ${app.version}`,
    model_title: getRunFacts(db, run.id).modelTitle,
    data_set: getDataset(db, spec.datasetId).name,
    split: getSplit(db, spec.splitId).name,
    regime: run.regime,
    ...(spec.imported && { imported: 'true' }),
    ...(spec.nt && { nt: JSON.stringify(spec.nt) }),
    epoch: String(run.selectedEpoch ?? ''),
    selected_on: run.selection,
    weights_sha256: run.weightsSha256 ?? '',
  };
}

/** Files of the exports folder can be fetched by a page, by number. */
function recorded(
  { db }: ExportWeightsParts,
  run: Run,
  fileName: string,
  format: string,
  { sizeBytes, sha256 }: WrittenWeights,
): string {
  const recipe = { runId: run.id, weightsSha256: run.weightsSha256 };
  const createdAtMs = Date.now();
  return String(
    insertExport(db, {
      fileName,
      defId: 'weights',
      format,
      recipe,
      sizeBytes,
      sha256,
      createdAtMs,
    }),
  );
}

/** A link fails where a file has appeared meanwhile, which a rename would replace. */
async function putInPlace(from: string, to: string, overwrite: boolean): Promise<void> {
  if (!overwrite) {
    try {
      await link(from, to);
      return;
    } catch (thrown) {
      const code = errorCode(thrown);
      if (code === 'EEXIST') throw taken(to);
      // Memory sticks and network drives may have no links.
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw thrown;
      if (existsSync(to)) throw taken(to);
    }
  }
  await rename(from, to);
}

/** Letters, digits and dots of the run's name, safe in a file name on every system. */
function fileStem({ name, weightsSha256 }: Run): string {
  const plain = name.replaceAll(/[^\p{L}\p{N}.+]+/gu, '-').replaceAll(/^[-.]+|[-.]+$/g, '');
  return `${plain.slice(0, 80)}-${(weightsSha256 ?? '').slice(0, 8)}`;
}

async function requireRoom(folder: string, size: number, free: FreeBytes): Promise<void> {
  const available = await free(folder);
  if (available >= size + reserveBytes) return;
  throw new LabError({
    kind: 'disk-full',
    message: `only ${sizeText(available)} are free on the disk of ${folder}, ${sizeText(size + reserveBytes)} are needed`,
    safe: 'Nothing was written.',
    next: 'Free some space, or choose another disk.',
  });
}

function requireUsable(path: string, format: keyof typeof endings): void {
  const usual = endings[format];
  if (isAbsolute(path) && usual.some((ending) => path.toLowerCase().endsWith(ending))) return;
  throw new LabError({
    kind: 'bad-input',
    message: `a ${format} file needs a full path that ends in ${usual.join(' or ')}, got "${path}"`,
    safe: 'Nothing was written.',
    next: `Name it like ${join(dirname(path), `weights${usual[0]}`)}.`,
  });
}

function taken(path: string): LabError {
  return new LabError({
    kind: 'conflict',
    message: `there is a file at ${path} already`,
    safe: 'It was not touched.',
    next: 'Choose another name, or say that it may be replaced.',
    details: { path },
  });
}

function notTrained(run: Run): LabError {
  return new LabError({
    kind: 'conflict',
    message: `${run.name} has no final weights: its training is ${run.state}`,
    safe: 'Nothing was written.',
    next: 'Wait until it is done, or press Resume.',
  });
}
