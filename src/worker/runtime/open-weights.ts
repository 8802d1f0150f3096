import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { LabError } from '@shared/errors';
import type { InitialPayload, NeededPayload } from '@shared/worker-protocol';
import type { AttackWeights } from '../attacks/attack';
import { readWeights, type WeightsFile } from '../weights';
import { readFit } from '../fits/fit-file';
import { produces } from '../fits/uap/pattern-result';
import { identify, type Identified } from './identify';
import { isPng, readPatternPicture } from './pattern-picture';

const { id: patternId } = produces;

/**
 * Reads a weight file that a job was set up with, and says what its tensors are.
 * @throws LabError `missing-file` or `unreadable-file` where it is not what was added
 */
export async function openWeights(
  file: InitialPayload,
): Promise<Identified & { readonly read: WeightsFile }> {
  await requireContent(file);
  const read = await readWeights(file.path);
  return { read, ...identify(read) };
}

/** Opens the files that an attack reads, by need; a file that serves two needs is read once. */
export async function openNeeded(
  files: readonly NeededPayload[],
): Promise<ReadonlyMap<string, AttackWeights>> {
  const byContent = new Map<string, AttackWeights>();
  const byNeed = new Map<string, AttackWeights>();
  for (const file of files) {
    const opened = byContent.get(file.sha256) ?? (await openRecognised(file));
    byContent.set(file.sha256, opened);
    byNeed.set(file.need, opened);
  }
  return byNeed;
}

async function openRecognised(file: InitialPayload): Promise<AttackWeights> {
  if (await isPng(file.path)) {
    await requireContent(file);
    const tensors = await readPatternPicture(file.path);
    return { id: patternId, variant: '', tensors, extra: {} };
  }
  const { read, found } = await openWeights(file);
  const fit = readFit(read.extra, read.tensors);
  if (fit) return { id: fit.id, variant: '', tensors: fit.tensors, extra: read.extra };
  if (found.kind !== 'unknown') {
    const { id, variant, mapped } = found;
    return { id, variant, tensors: mapped, extra: read.extra };
  }
  throw new LabError({
    kind: 'bad-input',
    message: `${file.label} is not what it was taken for: it holds ${found.sentence}`,
    safe: 'Nothing was started.',
    next: 'Remove it on the Weights page, add it again, and start a new batch.',
  });
}

/** The job was set up with this content; a copy that was tampered with or rotted is not it. */
async function requireContent({ path, sha256, label }: InitialPayload): Promise<void> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (thrown) {
    throw new LabError(
      {
        kind: 'missing-file',
        message: `the weight file ${label} cannot be read from ${path}`,
        safe: 'Nothing was started.',
        next: 'Add the same file again on the Weights page, then press Resume.',
      },
      { cause: thrown },
    );
  }
  if (hash.digest('hex') === sha256) return;
  throw new LabError({
    kind: 'unreadable-file',
    message: `the weight file ${label} is not what it was when it was added: its checksum differs`,
    safe: 'Nothing was started.',
    next: 'Remove it on the Weights page, add the original again, then press Resume.',
    details: { path, sha256 },
  });
}
