import * as v from 'valibot';
import { ImportedScale } from './domain/run';
import { figureFormatIds, pictureFormatIds, tableFormatIds } from './export-formats';
import { InitialChoice, StoredWeights } from './domain/weights';
import { ParamValues } from './params';
import { twinKinds } from './twin';

/** Values that only requests and answers of the RPC contract hold; see rpc.ts. */

export const Workspace = v.object({ path: v.string(), name: v.string(), createdAtMs: v.number() });
export type Workspace = v.InferOutput<typeof Workspace>;

export const FolderEntry = v.object({
  name: v.string(),
  path: v.string(),
  kind: v.picklist(['folder', 'labels', 'workspace', 'weights', 'file']),
});
export type FolderEntry = v.InferOutput<typeof FolderEntry>;

/** What a new pair is made of; the host derives the two immutable `TrainSpec`s from it. */
export const PairDraft = v.object({
  name: v.string(),
  datasetId: v.number(),
  splitId: v.number(),
  modelId: v.string(),
  modelParams: ParamValues,
  trainer: ParamValues,
  nt: ParamValues,
  /** What the twin adds to the baseline; NT when absent. */
  twin: v.optional(v.picklist(twinKinds)),
  /** Adversarial training, where the twin has it. */
  at: v.optional(ParamValues),
  seed: v.number(),
  /** Must be said where the model has published weights to start from. */
  initial: v.optional(InitialChoice),
  /** Train the baseline even where the same one exists already; absent, it is shared. */
  ownBaseline: v.optional(v.boolean()),
});
export type PairDraft = v.InferOutput<typeof PairDraft>;

/** Weight files that become runs as they are: a model alone, or both twins of a pair. */
export const ImportDraft = v.object({
  name: v.string(),
  datasetId: v.number(),
  splitId: v.number(),
  /** SHA-256 of the file that plays the baseline; null where there is a twin alone. */
  baseline: v.nullable(v.string()),
  /** SHA-256 of the file that was trained with NT, as the person says. */
  twin: v.nullable(v.string()),
  /** Over what the file itself says of its model. */
  modelParams: ParamValues,
  /** How pictures are viewed: the trainer settings that scoring needs. */
  trainer: ParamValues,
  /** Draws the views of each picture. */
  seed: v.number(),
  scale: ImportedScale,
});
export type ImportDraft = v.InferOutput<typeof ImportDraft>;

export const WeightsFormat = v.picklist(['safetensors', 'torch']);
export type WeightsFormat = v.InferOutput<typeof WeightsFormat>;

/** What differs between the repeats of a pair: the seed, counted up from the draft's, or the split. */
export const Repeats = v.variant('over', [
  v.object({
    over: v.literal('seeds'),
    count: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(100)),
  }),
  v.object({
    over: v.literal('splits'),
    splitIds: v.pipe(v.array(v.number()), v.minLength(2), v.maxLength(100)),
  }),
]);
export type Repeats = v.InferOutput<typeof Repeats>;

export const Batch = {
  runIds: v.array(v.number()),
  side: v.picklist(['train', 'validation', 'test']),
};

export const FitRequest = v.object({
  ...Batch,
  fitId: v.string(),
  params: ParamValues,
  seed: v.number(),
  /** Only the first n images; null for all. */
  limit: v.nullable(v.number()),
});

export const FitResult = v.object({ jobId: v.number(), weights: StoredWeights });
export type FitResult = v.InferOutput<typeof FitResult>;

export const FigureFormat = v.picklist(figureFormatIds);
export type FigureFormat = v.InferOutput<typeof FigureFormat>;
/** Formats of a picture itself. */
export const PictureFormat = v.picklist(pictureFormatIds);
export type PictureFormat = v.InferOutput<typeof PictureFormat>;
export const TableFormat = v.picklist(tableFormatIds);
export type TableFormat = v.InferOutput<typeof TableFormat>;

export const FigureSize = v.object({
  widthIn: v.pipe(v.number(), v.minValue(1), v.maxValue(20)),
  heightIn: v.pipe(v.number(), v.minValue(1), v.maxValue(20)),
  fontPt: v.pipe(v.number(), v.minValue(5), v.maxValue(24)),
  font: v.picklist(['serif', 'sans']),
  /** Resolution of PNG only. */
  dpi: v.pipe(v.number(), v.minValue(72), v.maxValue(1200)),
});
export type FigureSize = v.InferOutput<typeof FigureSize>;

const exportedFile = {
  fileName: v.string(),
  /** Absolute path inside the workspace's exports folder. */
  path: v.string(),
  /** For `mediaUrl('export', mediaId)`. */
  mediaId: v.string(),
  sizeBytes: v.number(),
};

export const Exported = v.object({
  ...exportedFile,
  /** The file beside it that says where its numbers come from; absent for a plate of the bench. */
  recipe: v.optional(v.object(exportedFile)),
});
export type Exported = v.InferOutput<typeof Exported>;

/** A paper bundle as it was written. */
export const Bundle = v.object({
  /** Its folder. */
  path: v.string(),
  files: v.number(),
  sizeBytes: v.number(),
  figures: v.number(),
  tables: v.number(),
  /** What could not be made, with the reason. */
  leftOut: v.array(v.object({ id: v.string(), title: v.string(), reason: v.string() })),
});
export type Bundle = v.InferOutput<typeof Bundle>;

export const ExportedWeights = v.object({
  ...exportedFile,
  /** Null where the file lies outside the exports folder. */
  mediaId: v.nullable(v.string()),
  sha256: v.string(),
});
export type ExportedWeights = v.InferOutput<typeof ExportedWeights>;
