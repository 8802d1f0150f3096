import * as v from 'valibot';
import { EngineName } from '@shared/domain/catalogue';
import { LabelMapping, Side } from '@shared/domain/dataset';
import { ImportedScale } from '@shared/domain/run';
import { LabError } from '@shared/errors';
import { nearest, ParamValue, ParamValues } from '@shared/params';
import { twinKinds } from '@shared/twin';
import { FigureFormat, FigureSize, TableFormat } from '@shared/rpc';

const seed = v.pipe(v.number(), v.integer(), v.minValue(0));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(0.95));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const values = v.optional(ParamValues, {});
const side = v.optional(Side, 'test');

const DemoData = v.strictObject({
  /** Generated pictures; every screen and export says "synthetic". */
  demo: v.strictObject({
    images: v.optional(v.pipe(count, v.minValue(10), v.maxValue(10_000)), 240),
    seed: v.optional(seed),
  }),
  name: v.optional(v.string()),
});

const FolderData = v.strictObject({
  /** Folder or label file, relative to the experiment file. */
  path: v.string(),
  name: v.optional(v.string()),
  /** What the importer guesses is used for everything that is not said here. */
  mapping: v.optional(v.partial(LabelMapping)),
});

const StoredData = v.strictObject({
  /** Name of a data set that the workspace holds already, however it was imported. */
  stored: v.string(),
});

const RandomSplit = v.strictObject({
  method: v.literal('random'),
  seed: v.optional(seed),
  testShare: v.optional(share, 0.2),
  validationShare: v.optional(share, 0.1),
  grouped: v.optional(v.boolean(), true),
});

const ImportedSplit = v.strictObject({
  method: v.literal('imported'),
  /** JSON, CSV or the authors' pickle list, relative to the experiment file. */
  indexFile: v.string(),
  seed: v.optional(seed),
  validationShare: v.optional(share, 0.1),
});

const plannedPair = {
  name: v.optional(v.string()),
  model: v.string(),
  preset: v.optional(v.string()),
  modelParams: values,
  trainer: values,
  nt: values,
  /** What the twin adds to the baseline: "nt", adversarial training "at", or both. */
  twin: v.optional(v.picklist(twinKinds), 'nt'),
  at: values,
  seed: v.optional(seed),
  /** "scratch", or weight files by entry, name or SHA-256; needed where the model has published ones. */
  weights: v.optional(v.union([v.string(), v.array(v.string())])),
};

/** The values settings take, by name: a list, or a text such as "0.0001..0.01:5:log". */
const vary = v.record(v.string(), v.union([v.string(), v.array(ParamValue)]));

/** A pair at every combination of the values of some settings. */
const SweepPlan = v.strictObject({ ...plannedPair, vary });

const positions = v.array(v.pipe(v.number(), v.integer(), v.minValue(0)));

/** An index file's content in the experiment itself. */
const PositionSplit = v.strictObject({
  method: v.literal('positions'),
  /** 0-based places in the label file. */
  train: positions,
  test: positions,
  /** Where they come from. */
  source: v.optional(v.string(), 'the experiment file'),
  seed: v.optional(seed),
  validationShare: v.optional(share, 0.1),
});

const PairPlan = v.strictObject({
  ...plannedPair,
  /** Trains the pair several times: with seeds counted up, or on repeats of the split. */
  repeats: v.optional(
    v.strictObject({
      count: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(100)),
      over: v.optional(v.picklist(['seeds', 'splits']), 'seeds'),
    }),
  ),
});

/** Whole models' weight files as they are, by entry, name or SHA-256: one alone, or both twins. */
const ImportPlan = v.strictObject({
  name: v.optional(v.string()),
  baseline: v.optional(v.string()),
  /** Said to be trained with NT. */
  twin: v.optional(v.string()),
  /** The model's own scale, or a line fitted on the training pictures. */
  scale: v.optional(ImportedScale, 'own'),
  modelParams: values,
  /** How pictures are viewed; the model's usual way where nothing is said. */
  views: values,
  seed: v.optional(seed),
});

const FitPlan = v.strictObject({
  /** What attacks call its file. */
  name: v.pipe(v.string(), v.minLength(1)),
  fit: v.string(),
  preset: v.optional(v.string()),
  params: values,
  /** Number of the pair in `pairs`, from 1, and which of its runs. */
  pair: v.optional(count, 1),
  twin: v.optional(v.picklist(['baseline', 'nt']), 'baseline'),
  side: v.optional(Side, 'train'),
  seed: v.optional(seed),
  limit: v.optional(v.nullable(count), null),
});

const defence = {
  defence: v.string(),
  preset: v.optional(v.string()),
  params: values,
};

/** Scores behind a defence. */
const DefencePlan = v.strictObject({
  ...defence,
  on: v.optional(v.picklist(['picture', 'views']), 'picture'),
  side,
  limit: v.optional(count),
});

const AttackPlan = v.strictObject({
  attack: v.string(),
  preset: v.optional(v.string()),
  params: values,
  run: values,
  /** The attack at every combination of these values: its settings, run.NAME, or seed. */
  vary: v.optional(vary, {}),
  /** Attack the model behind a defence, knowing it (adaptive) or not. */
  defence: v.optional(v.strictObject({ ...defence, adaptive: v.optional(v.boolean(), true) })),
  side,
  seed: v.optional(seed),
  limit: v.optional(v.nullable(count), null),
  /** Pictures whose every step is recorded, spread evenly over the ratings. */
  traces: v.optional(count),
});

const NormsPlan = v.strictObject({
  params: values,
  side,
  limit: v.optional(v.nullable(count), null),
});

const drawn = {
  side,
  scored: v.optional(v.picklist(['float', 'eight-bit']), 'float'),
  /** Number of the attack in `attacks`, from 1; without it, the first one. */
  attack: v.optional(count),
  /** Number of the pair in `pairs`, then `imports`, then `sweeps`, from 1, where a figure shows one pair. */
  pair: v.optional(count),
  /** The paper's printed values beside ours, in tables that have them. */
  paper: v.optional(v.boolean()),
  /** Both twins in one cell of a table, "base / +NT". */
  joined: v.optional(v.boolean()),
};

const FigurePlan = v.strictObject({
  figure: v.string(),
  formats: v.optional(v.array(FigureFormat), ['pdf', 'svg', 'png']),
  size: v.optional(v.partial(FigureSize), {}),
  ...drawn,
});

const TablePlan = v.strictObject({
  table: v.string(),
  formats: v.optional(v.array(TableFormat), ['csv', 'markdown', 'latex']),
  ...drawn,
});

const fields = {
  /** Version of this format. */
  experiment: v.literal(1),
  name: v.pipe(v.string(), v.minLength(1)),
  notes: v.optional(v.string()),
  /** Used wherever a step does not name its own. */
  seed: v.optional(seed, 1),
  /** Without it, the best engine here. With it, results of other engines are not reused. */
  engine: v.optional(EngineName),
  dataset: v.union(
    [DemoData, FolderData, StoredData],
    'say either {"demo": {...}}, {"path": "FOLDER OR LABEL FILE"} or {"stored": "NAME"}',
  ),
  split: v.variant('method', [RandomSplit, ImportedSplit, PositionSplit]),
  /** Added to the workspace first; relative to the experiment file. */
  weightFiles: v.optional(v.array(v.string()), []),
  pairs: v.optional(v.array(PairPlan), []),
  imports: v.optional(v.array(ImportPlan), []),
  sweeps: v.optional(v.array(SweepPlan), []),
  evaluate: v.optional(v.array(Side), ['test']),
  fits: v.optional(v.array(FitPlan), []),
  defences: v.optional(v.array(DefencePlan), []),
  /** A setting that asks for a file may name a fit. */
  attacks: v.optional(v.array(AttackPlan), []),
  norms: v.optional(v.array(NormsPlan), []),
  figures: v.optional(v.array(FigurePlan), []),
  tables: v.optional(v.array(TablePlan), []),
  /** A folder, relative to the experiment file, that gets a copy of every figure and table. */
  copyTo: v.optional(v.pipe(v.string(), v.minLength(1))),
};

/** A whole experiment as a file: what `iqalab run` reads. */
export const Experiment = v.pipe(
  v.strictObject(fields),
  v.check(
    ({ pairs, imports, sweeps }) => pairs.length + imports.length + sweeps.length > 0,
    'there is no model: name a pair to train in "pairs" or "sweeps", or weight files in "imports"',
  ),
);
export type Experiment = v.InferOutput<typeof Experiment>;
/** As it is written in a file. */
export type ExperimentInput = v.InferInput<typeof Experiment>;
export type DefencePlan = v.InferOutput<typeof DefencePlan>;
export type PairPlan = v.InferOutput<typeof PairPlan>;
export type SweepPlan = v.InferOutput<typeof SweepPlan>;
export type AttackPlan = v.InferOutput<typeof AttackPlan>;
export type Vary = v.InferOutput<typeof vary>;
export type ImportPlan = v.InferOutput<typeof ImportPlan>;
export type Drawn = Pick<v.InferOutput<typeof FigurePlan>, keyof typeof drawn>;

/**
 * Checks the text of an experiment file and fills in what it leaves out.
 * @param source name of the file, for messages
 * @throws LabError `bad-input` naming the first wrong field, its value and what was expected
 */
export function parseExperiment(text: string, source: string): Experiment {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw bad(`${source} is not JSON: ${found}`);
  }
  const parsed = v.safeParse(Experiment, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw bad(`${source}: ${describe(issue)}`, hint(issue));
}

function bad(message: string, next?: string): LabError {
  return new LabError({
    kind: 'bad-input',
    message,
    safe: 'Nothing was started.',
    next: next ?? 'Correct the file; iqalab run --print-example shows a complete one.',
  });
}

function describe(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue) ?? 'the whole file';
  if (issue.expected === 'never') return `${field} is not a field of this format`;
  if (issue.received === 'undefined') return `${field} is missing`;
  return `${field}: ${issue.message}`;
}

/** For an unknown field, the known one that is spelled most like it. */
function hint(issue: v.BaseIssue<unknown>): string | undefined {
  const key: unknown = issue.path?.at(-1)?.key;
  if (issue.expected !== 'never' || typeof key !== 'string') return undefined;
  const near = nearest(key, fieldNames);
  return near === undefined ? undefined : `Did you mean "${near}"?`;
}

const fieldNames = [
  ...Object.keys(fields),
  ...[DemoData, FolderData, StoredData, RandomSplit, ImportedSplit, PositionSplit].flatMap(
    ({ entries }) => Object.keys(entries),
  ),
  ...[
    PairPlan,
    SweepPlan,
    ImportPlan,
    FitPlan,
    DefencePlan,
    AttackPlan,
    NormsPlan,
    FigurePlan,
    TablePlan,
  ].flatMap(({ entries }) => Object.keys(entries)),
];
