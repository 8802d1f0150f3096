import { models } from '../models';
import { recognise, type Recognised, type Unrecognised, type WeightsFile } from '../weights';
import { readOwnTexts, type OwnFile } from '../weights/own-file';

export interface Identified {
  readonly found: Recognised | Unrecognised;
  /** Set where a lab wrote the file and said of which model it is. */
  readonly own: OwnFile | null;
}

/**
 * What a weight file is: as a lab that wrote it says, else told by its tensors. A model's networks of
 * other than published sizes are known by what was written with them only.
 */
export function identify(file: WeightsFile): Identified {
  const own = readOwnTexts(file.extra);
  const def = own && models.all.get(own.modelId);
  if (!own || def?.version !== own.modelVersion) {
    return { found: recognise(file.tensors, file.extra), own: null };
  }
  const byTensors = recognise(file.tensors, file.extra);
  const found: Recognised = {
    kind: 'model',
    id: def.id,
    variant: byTensors.kind === 'model' && byTensors.id === def.id ? byTensors.variant : def.id,
    title: byTensors.kind === 'model' && byTensors.id === def.id ? byTensors.title : def.title,
    naming: null,
    mapped: file.tensors,
    missing: [],
    unexpected: [],
    sentence: `${def.title}, written by a lab: ${file.tensors.size} tensors.`,
  };
  return { found, own };
}
