import * as v from 'valibot';

export const ScoreKind = v.picklist(['mos', 'dmos']);
export type ScoreKind = v.InferOutput<typeof ScoreKind>;

export const Dataset = v.object({
  id: v.number(),
  name: v.string(),
  importer: v.string(),
  /** Folder that holds the images; they are referenced, never copied or changed. */
  root: v.string(),
  scoreKind: ScoreKind,
  /** Range the raters could use, as stated at import. */
  scoreMin: v.number(),
  scoreMax: v.number(),
  /** True for the generated demo set: every screen and export says "synthetic". */
  synthetic: v.boolean(),
  imageCount: v.number(),
  /** SHA-256 over (name, image sha256, raw score) of every image in order. */
  contentHash: v.string(),
  createdAtMs: v.number(),
});
export type Dataset = v.InferOutput<typeof Dataset>;

export const DatasetImage = v.object({
  id: v.number(),
  datasetId: v.number(),
  /** 0-based position in the label file after exclusions; index files refer to it. */
  position: v.number(),
  name: v.string(),
  width: v.number(),
  height: v.number(),
  /** Raw rating as published (MOS or DMOS). */
  score: v.number(),
  scoreStd: v.nullable(v.number()),
  /** Images that show the same reference content share this key. */
  groupKey: v.nullable(v.string()),
  sha256: v.string(),
  /** 64-bit difference hash, 16 hex digits: near-identical pictures are a few bits apart. */
  dhash: v.string(),
});
export type DatasetImage = v.InferOutput<typeof DatasetImage>;

/** How columns of a label table become images and ratings. */
export const LabelMapping = v.object({
  image: v.string(),
  score: v.string(),
  std: v.optional(v.string()),
  group: v.optional(v.string()),
  scoreKind: ScoreKind,
  scoreMin: v.number(),
  scoreMax: v.number(),
  decimal: v.picklist(['.', ',']),
});
export type LabelMapping = v.InferOutput<typeof LabelMapping>;

/** First look at a folder or label file, before anything is imported. */
export const ImportPreview = v.object({
  /** Importer that recognises the source, e.g. `livec`, `table`. */
  importer: v.string(),
  title: v.string(),
  imageFolder: v.string(),
  labelFile: v.nullable(v.string()),
  columns: v.array(v.string()),
  rows: v.array(v.array(v.string())),
  rowCount: v.number(),
  /** A guess the person can change; null where the importer fixes the mapping itself. */
  mapping: v.nullable(LabelMapping),
  notes: v.array(v.string()),
});
export type ImportPreview = v.InferOutput<typeof ImportPreview>;

export const ImportProblem = v.object({
  kind: v.picklist([
    'unmatched-label',
    'unlabelled-image',
    'duplicate',
    'unreadable',
    'bad-score',
    'outside-root',
  ]),
  name: v.string(),
  reason: v.string(),
});
export type ImportProblem = v.InferOutput<typeof ImportProblem>;

export const ImportReport = v.object({
  datasetId: v.number(),
  imported: v.number(),
  excluded: v.array(v.string()),
  problems: v.array(ImportProblem),
  /** What was done to make files and labels fit, in sentences: spelling, rotation, 16 bits ... */
  notes: v.optional(v.array(v.string())),
});
export type ImportReport = v.InferOutput<typeof ImportReport>;

export const sides = ['train', 'validation', 'test'] as const;
export const Side = v.picklist(sides);
export type Side = v.InferOutput<typeof Side>;

export const SplitSpec = v.variant('method', [
  v.object({
    method: v.literal('random'),
    seed: v.number(),
    testShare: v.number(),
    /** Share of the training part set aside for choosing the checkpoint. */
    validationShare: v.number(),
    /** Keep images of one reference content on one side. */
    grouped: v.boolean(),
  }),
  v.object({
    method: v.literal('imported'),
    /** 0-based positions, as in an index file: the paper's authors publish one. */
    train: v.array(v.number()),
    test: v.array(v.number()),
    source: v.string(),
    seed: v.number(),
    validationShare: v.number(),
  }),
]);
export type SplitSpec = v.InferOutput<typeof SplitSpec>;

export const Split = v.object({
  id: v.number(),
  datasetId: v.number(),
  name: v.string(),
  spec: SplitSpec,
  counts: v.object({ train: v.number(), validation: v.number(), test: v.number() }),
  /**
   * Minimum and maximum raw rating of the training part (train and validation, everything that is
   * not test): the constants of Eq. S17. The choice of a validation set thus never moves the scale.
   */
  scoreMin: v.number(),
  scoreMax: v.number(),
  contentHash: v.string(),
  /** A split is immutable once a run uses it. */
  locked: v.boolean(),
  /** What a person should know, such as look-alikes on two sides of a published split. */
  notes: v.optional(v.array(v.string())),
  createdAtMs: v.number(),
});
export type Split = v.InferOutput<typeof Split>;
