import { basename } from 'node:path';
import type { WeightFacts } from '@shared/domain/weights';
import { LabError } from '@shared/errors';
import { fitFacts, readFit } from '../fits/fit-file';
import { readWeights, type WeightsFormat } from '../weights';
import { isPng, patternFacts, readPatternPicture } from './pattern-picture';
import { identify } from './identify';

const formats: Readonly<Record<WeightsFormat, string>> = {
  safetensors: 'safetensors',
  'torch-zip': 'torch file',
  'torch-legacy': 'torch file of before version 1.6',
  npz: 'NumPy archive',
};

/**
 * Reads a weight file whole and says what its tensors are.
 * @throws LabError what the reader throws, or `unsupported` where the tensors are those of nothing
 *   the lab knows, with the nearest thing and the first differences
 */
export async function readFacts(path: string): Promise<WeightFacts> {
  if (await isPng(path)) return patternFacts(await readPatternPicture(path));
  const file = await readWeights(path);
  const fit = readFit(file.extra, file.tensors);
  if (fit) return fitFacts(fit);
  const { found, own } = identify(file);
  if (found.kind === 'unknown') {
    throw new LabError({
      kind: 'unsupported',
      message: `${basename(path)} was read, but nothing fits it: ${found.sentence}`,
      safe: 'Nothing was added and the file was not changed.',
      next: 'Compare it with the list of published files; the name of the nearest one is above.',
      details: { missing: found.missing.slice(0, 50), unexpected: found.unexpected.slice(0, 50) },
    });
  }
  let values = 0;
  for (const { data } of file.tensors.values()) values += data.length;
  const { kind, id, variant, title } = found;
  const format = formats[file.format];
  return {
    format: file.entry === null ? format : `${format}, ${file.entry} in an archive`,
    kind,
    id,
    variant,
    title: kind === 'model' ? `${title}, the whole model` : title,
    tensors: file.tensors.size,
    values,
    notes: [
      found.sentence,
      ...(file.stripped.length > 0
        ? [`Taken off the names: "${file.stripped.join('", "')}".`]
        : []),
      ...file.notes,
    ],
    ...(own && { written: { modelParams: own.modelParams, labScale: own.labScale } }),
  };
}
