import * as v from 'valibot';
import { ParamValues } from '@shared/params';
import type { PlainValue } from './weights-file';

/** What a file of weights written by a lab says of its model, so that another lab can use it as it is. */
export interface OwnFile {
  readonly modelId: string;
  readonly modelVersion: number;
  readonly modelParams: ParamValues;
  /** Lab score = scale * native + offset. */
  readonly labScale: { readonly scale: number; readonly offset: number };
}

const FORMAT = 'iqalab-weights-1';
const Finite = v.pipe(v.number(), v.finite());
const LabScale = v.object({ scale: Finite, offset: Finite });

/**
 * Texts beside the tensors of a safetensors file.
 * @param about further texts for a person, by name; the lab's own names win
 */
export function ownTexts(
  own: OwnFile,
  about: Readonly<Record<string, string>>,
): Map<string, string> {
  return new Map([
    ...Object.entries(about),
    ['format', FORMAT],
    ['model', own.modelId],
    ['model_version', String(own.modelVersion)],
    ['model_params', JSON.stringify(own.modelParams)],
    ['lab_scale', JSON.stringify(own.labScale)],
  ]);
}

/** The same, read back; null where no lab wrote the file or the texts are damaged: its tensors still count then. */
export function readOwnTexts(extra: Readonly<Record<string, PlainValue>>): OwnFile | null {
  if (extra['format'] !== FORMAT) return null;
  const modelId = extra['model'];
  const modelVersion = Number(extra['model_version']);
  const modelParams = v.safeParse(ParamValues, json(extra['model_params']));
  const labScale = v.safeParse(LabScale, json(extra['lab_scale']));
  if (typeof modelId !== 'string' || !Number.isSafeInteger(modelVersion)) return null;
  if (!modelParams.success || !labScale.success) return null;
  return { modelId, modelVersion, modelParams: modelParams.output, labScale: labScale.output };
}

function json(text: PlainValue | undefined): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
