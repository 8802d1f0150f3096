import type { ModelInfo } from '@shared/domain/catalogue';
import type { TrainSpec } from '@shared/domain/run';
import type {
  InitialChoice,
  InitialFile,
  InitialWeights,
  NeededFile,
} from '@shared/domain/weights';
import { LabError } from '@shared/errors';
import type { ParamValues } from '@shared/params';
import { fitsModel, fromScratch, initialFile, partsOf } from '@shared/weights/initial';
import type { InitialPayload, MeasurePayload, NeededPayload } from '@shared/worker-protocol';
import { publishedFile } from '@shared/weights/attack-files';
import { entriesOf, perceptualMeasures } from '@shared/weights/measures';
import type { ReadableDb } from '../db/handle';
import { findWeights, getWeights, listWeights } from '../db/weights';
import type { Layout } from '../workspace/layout';
import { fromStoredPath, realPathInside } from '../workspace/layout';

/**
 * What a new run starts from, complete with what the files are. A model with published weights has
 * no default: a random start must be said.
 * @throws LabError `bad-input` where nothing was chosen or a file does not fit, `not-found`
 */
export function resolveInitial(
  db: ReadableDb,
  model: ModelInfo,
  modelParams: ParamValues,
  choice: InitialChoice | undefined,
): InitialWeights {
  const target = { modelId: model.id, modelParams };
  if (choice === undefined) {
    const parts = partsOf(target);
    if (parts.length === 0) return fromScratch;
    const present = listWeights(db).filter(({ facts }) => fitsModel(facts, target));
    throw refused(
      `it was not said what ${model.title} starts from; its authors start from ` +
        parts.map(({ name, entry }) => `${name} (${entry.id})`).join(' and '),
      present.length > 0
        ? `Choose from what is here (${present.map(({ fileName }) => fileName).join(', ')}), or "from scratch".`
        : 'Add such a file to the weights of this workspace, or choose "from scratch".',
    );
  }
  if (choice.kind === 'scratch') return fromScratch;
  const files = [...new Set(choice.sha256)].map((sha256) => {
    const { weights } = getWeights(db, sha256);
    const file = initialFile(weights);
    if (fitsModel(weights.facts, target)) return file;
    throw refused(
      `${file.label} is neither ${model.title} nor a part it starts from with these settings`,
      'Choose another file; the Weights page says what each is for.',
    );
  });
  refuseOverlap(model.title, files);
  return { kind: 'weights', files };
}

/** A whole model leaves nothing for another file, and each part comes from one file. */
function refuseOverlap(title: string, files: readonly InitialFile[]): void {
  const whole = files.find(({ kind }) => kind === 'model');
  if (whole && files.length > 1) {
    throw refused(`${whole.label} is the whole of ${title}`, 'Choose it alone, or only trunks.');
  }
  const twice = files.find((file, i) => files.findIndex(({ id }) => id === file.id) < i);
  if (twice) throw refused(`two files are given for ${twice.id}`, 'Choose one of them.');
}

/** The files of a run's start, to be read by the worker. @throws LabError `missing-file` */
export function initialPayload(
  db: ReadableDb,
  layout: Layout,
  { initial = fromScratch }: Pick<TrainSpec, 'initial'>,
): InitialPayload[] {
  if (initial.kind === 'scratch') return [];
  return initial.files.map(({ sha256, label }) =>
    presentFile(db, layout, { sha256, label }, 'this run starts from'),
  );
}

/** The files an attack reads, to be read by the worker. @throws LabError `missing-file` */
export function neededPayload(
  db: ReadableDb,
  layout: Layout,
  files: readonly NeededFile[] = [],
): NeededPayload[] {
  return files.map(({ need, sha256, label }) => ({
    need,
    ...presentFile(db, layout, { sha256, label }, 'this attack reads'),
  }));
}

/** The distances whose files are all in the workspace, with those files. */
export function measuresPayload(db: ReadableDb, layout: Layout): MeasurePayload[] {
  const stored = listWeights(db);
  return perceptualMeasures.flatMap(({ id, title }) => {
    const found = entriesOf(id).map((entry) => ({ entry, file: publishedFile(entry, stored) }));
    const files: NeededFile[] = [];
    const unpublished: string[] = [];
    for (const { entry, file } of found) {
      if (!file) return [];
      files.push({ need: entry.id, ...initialFile(file) });
      if (!file.published) unpublished.push(file.fileName);
    }
    return [{ id, title, files: neededPayload(db, layout, files), unpublished }];
  });
}

function presentFile(
  db: ReadableDb,
  layout: Layout,
  { sha256, label }: Pick<InitialFile, 'sha256' | 'label'>,
  use: string,
): InitialPayload {
  const stored = findWeights(db, sha256);
  const path = stored && realPathInside(layout.weights, fromStoredPath(layout, stored.path));
  if (path) return { path, sha256, label };
  throw new LabError({
    kind: 'missing-file',
    message: `the weight file ${label} that ${use} is not in the workspace any more`,
    safe: 'Nothing was started.',
    next: 'Add the same file again on the Weights page, then press Resume.',
    details: { sha256 },
  });
}

function refused(message: string, next: string): LabError {
  return new LabError({ kind: 'bad-input', message, safe: 'Nothing was started.', next });
}
