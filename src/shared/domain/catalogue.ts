import * as v from 'valibot';
import { ParamSpec, ParamValues, When } from '../params';

export const engineNames = ['cuda', 'webgpu', 'cpu', 'wasm'] as const;
export const EngineName = v.picklist(engineNames);
export type EngineName = v.InferOutput<typeof EngineName>;

/** One rung of the engine ladder, as shown to the user: available, or why not. */
export const EngineRung = v.object({
  name: EngineName,
  available: v.boolean(),
  /** Why it is not available, or what it runs on. */
  reason: v.string(),
});
export type EngineRung = v.InferOutput<typeof EngineRung>;

export const EngineInfo = v.object({
  name: EngineName,
  /** For example "libtensorflow 2.21.0, 2 threads". */
  description: v.string(),
  versions: v.record(v.string(), v.string()),
  threads: v.number(),
  /** Whether the same seed gives the same bits on this engine. */
  deterministic: v.boolean(),
  selfTestMs: v.number(),
});
export type EngineInfo = v.InferOutput<typeof EngineInfo>;

/** A named set of values, applied over the defaults by one click. */
export const Preset = v.object({
  id: v.string(),
  title: v.string(),
  help: v.string(),
  model: ParamValues,
  trainer: ParamValues,
  nt: ParamValues,
});
export type Preset = v.InferOutput<typeof Preset>;

/** What the rest of the lab knows of a model (src/worker/models/<id>.ts). */
export const ModelInfo = v.object({
  id: v.string(),
  version: v.number(),
  title: v.string(),
  citation: v.string(),
  summary: v.string(),
  params: v.array(ParamSpec),
  /** The shared trainer settings with this model's own defaults filled in, then its own settings. */
  trainer: v.array(ParamSpec),
  /** Trainer settings whose sum is the number of epochs; `epochs` alone where absent. */
  epochSettings: v.optional(v.array(v.string())),
  nt: v.array(ParamSpec),
  /** Settings of adversarial training, which a twin can have beside NT or instead of it. */
  at: v.array(ParamSpec),
  presets: v.array(Preset),
});
export type ModelInfo = v.InferOutput<typeof ModelInfo>;

/** A published weight file that an attack cannot do without, at some of its settings. */
export const AttackNeed = v.object({
  /** Id in the catalogue of weight files. */
  entry: v.string(),
  /** What it is needed for, as the end of "needed for": "the LPIPS constraint". */
  purpose: v.string(),
  /** Only at these settings of the attack. */
  when: v.optional(When),
});
export type AttackNeed = v.InferOutput<typeof AttackNeed>;

export const AttackInfo = v.object({
  id: v.string(),
  version: v.number(),
  title: v.string(),
  citation: v.string(),
  summary: v.string(),
  access: v.picklist(['white-box', 'black-box']),
  /** True for what attacks are compared with: not expected to beat noise, and no part of a worst case. */
  control: v.optional(v.boolean()),
  params: v.array(ParamSpec),
  presets: v.array(
    v.object({ id: v.string(), title: v.string(), help: v.string(), params: ParamValues }),
  ),
  /** Absent: the attack needs no file but those its settings choose. */
  needs: v.optional(v.array(AttackNeed)),
});
export type AttackInfo = v.InferOutput<typeof AttackInfo>;

/** What the rest of the lab knows of a fit (src/worker/fits/<id>.ts): something is optimised on pictures and kept. */
export const FitInfo = v.object({
  id: v.string(),
  version: v.number(),
  title: v.string(),
  citation: v.string(),
  summary: v.string(),
  /** Whether it works on the model of a trained run, or on the pictures and ratings of a run alone. */
  on: v.picklist(['model', 'data']),
  /** What its file is: `kind` and `id` of the file's facts in the inventory. */
  produces: v.object({ kind: v.string(), id: v.string() }),
  /** Weight files it starts from; absent: none but those its settings choose. */
  needs: v.optional(v.array(AttackNeed)),
  params: v.array(ParamSpec),
  presets: v.array(
    v.object({ id: v.string(), title: v.string(), help: v.string(), params: ParamValues }),
  ),
});
export type FitInfo = v.InferOutput<typeof FitInfo>;

/** What the rest of the lab knows of a defence that stands before a model (src/worker/defences/<id>.ts). */
export const DefenceInfo = v.object({
  id: v.string(),
  version: v.number(),
  title: v.string(),
  citation: v.string(),
  summary: v.string(),
  /**
   * What an adaptive attack is given for the defence's own gradient: the true one, the identity where there is none
   * (straight-through, BPDA), or the mean over draws of a random defence (EOT).
   */
  gradient: v.picklist(['exact', 'straight-through', 'expectation']),
  /** Whether it gives bounds that a score provably keeps. */
  certifies: v.boolean(),
  params: v.array(ParamSpec),
  presets: v.array(
    v.object({ id: v.string(), title: v.string(), help: v.string(), params: ParamValues }),
  ),
});
export type DefenceInfo = v.InferOutput<typeof DefenceInfo>;

/** Everything a form, a flag or a help page needs; the worker sends it before it loads an engine. */
export const Catalogue = v.object({
  models: v.array(ModelInfo),
  attacks: v.array(AttackInfo),
  /** Settings common to every attack batch: unit (crop or image), kept images, SSIM variant. */
  attackRun: v.array(ParamSpec),
  norms: v.array(ParamSpec),
  fits: v.array(FitInfo),
  defences: v.array(DefenceInfo),
});
export type Catalogue = v.InferOutput<typeof Catalogue>;
