import * as v from 'valibot';
import { ParamValues } from '../params';

/** What a weight file is for. `id` is a model's, an attack's or a measure's. */
export const WeightUse = v.variant('kind', [
  /** A whole trained model: every tensor it has. */
  v.object({ kind: v.literal('model'), id: v.string() }),
  /** A part of a model that its authors start from: "ResNet-50 trunk". */
  v.object({
    kind: v.literal('trunk'),
    id: v.string(),
    part: v.string(),
    /** Only where the model has this setting. */
    when: v.optional(v.object({ param: v.string(), is: v.string() })),
  }),
  v.object({ kind: v.literal('attack'), id: v.string() }),
  v.object({ kind: v.literal('measure'), id: v.string() }),
]);
export type WeightUse = v.InferOutput<typeof WeightUse>;

/** One published weight file, as the lab knows it without ever having fetched it. */
export const WeightEntry = v.object({
  id: v.string(),
  title: v.string(),
  uses: v.array(WeightUse),
  /** Names under which its authors publish it, the usual one first. */
  fileNames: v.array(v.string()),
  citation: v.string(),
  /** Where its authors publish it, in words. */
  page: v.string(),
  /** Plain text; the lab opens no address. */
  links: v.array(v.string()),
  /** About; taken from the page or computed from the number of values. */
  sizeBytes: v.number(),
  /** As its authors state it, or "not stated". */
  licence: v.string(),
  /** Architecture its tensors are those of: what the reader of weight files must call it. */
  recognisedAs: v.object({ kind: v.string(), id: v.string() }),
  /** How it is recognised, and what to know before using it. */
  help: v.string(),
  /** Leading digits of the SHA-256 of the published files, where known. */
  sha256: v.array(v.string()),
  /** Nothing of this version uses it yet. */
  later: v.boolean(),
});
export type WeightEntry = v.InferOutput<typeof WeightEntry>;

/** What the worker says of a file after reading it whole. */
export const WeightFacts = v.object({
  /** "torch zip", "safetensors in a wheel" */
  format: v.string(),
  /** What its tensors are: `model`, `trunk` or `distance`, and of what. */
  kind: v.string(),
  id: v.string(),
  /** Which size of it, e.g. LinearityIQA on "resnet34". */
  variant: v.string(),
  /** In plain words: "HyperIQA, the whole model". */
  title: v.string(),
  tensors: v.number(),
  /** Numbers in all tensors. */
  values: v.number(),
  /** Levels and prefixes that were taken off, tensors that are not used. */
  notes: v.array(v.string()),
  /** What a file written by a lab says of its model beside the tensors. */
  written: v.optional(
    v.object({
      modelParams: ParamValues,
      /** Lab score = scale * native + offset. */
      labScale: v.object({ scale: v.number(), offset: v.number() }),
    }),
  ),
});
export type WeightFacts = v.InferOutput<typeof WeightFacts>;

/** A weight file in the workspace. It is named by its content and never changed. */
export const StoredWeights = v.object({
  sha256: v.string(),
  /** As it was called where it came from. */
  fileName: v.string(),
  sizeBytes: v.number(),
  facts: WeightFacts,
  /** The catalogue's entry it is taken for; null when it fits none of them. */
  entryId: v.nullable(v.string()),
  /** Whether its checksum is that of the published file. */
  published: v.boolean(),
  addedAtMs: v.number(),
  deletedAtMs: v.nullable(v.number()),
});
export type StoredWeights = v.InferOutput<typeof StoredWeights>;

/** What became of one file that was offered. */
export const WeightOutcome = v.object({
  path: v.string(),
  outcome: v.picklist(['added', 'present', 'refused']),
  weights: v.nullable(StoredWeights),
  /** Why it was refused, in one sentence; null otherwise. */
  reason: v.nullable(v.string()),
  /** What to do about a refusal. */
  next: v.nullable(v.string()),
});
export type WeightOutcome = v.InferOutput<typeof WeightOutcome>;

/** A file a run starts from, with enough to say later what it was. */
export const InitialFile = v.object({
  sha256: v.string(),
  /** "ResNet-50 trunk (resnet50-0676ba61.pth)" */
  label: v.string(),
  /** As in the file's facts. */
  kind: v.string(),
  id: v.string(),
});
export type InitialFile = v.InferOutput<typeof InitialFile>;

/** A file that an attack or a measure reads, and what it reads it as. */
export const NeededFile = v.object({
  /** Id of the catalogue's entry, or of the setting that chose the file. */
  need: v.string(),
  ...InitialFile.entries,
});
export type NeededFile = v.InferOutput<typeof NeededFile>;

/** What a run's weights are before its first step. What no file holds is drawn from the seed. */
export const InitialWeights = v.variant('kind', [
  v.object({ kind: v.literal('scratch') }),
  /** One whole model, or trunks of different parts. */
  v.object({
    kind: v.literal('weights'),
    files: v.pipe(v.array(InitialFile), v.minLength(1)),
  }),
]);
export type InitialWeights = v.InferOutput<typeof InitialWeights>;

/** The same as a person chooses it; the host fills in what the files are. */
export const InitialChoice = v.variant('kind', [
  v.object({ kind: v.literal('scratch') }),
  v.object({
    kind: v.literal('weights'),
    sha256: v.pipe(v.array(v.string()), v.minLength(1)),
  }),
]);
export type InitialChoice = v.InferOutput<typeof InitialChoice>;
