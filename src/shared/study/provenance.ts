import type { Side, SplitSpec } from '../domain/dataset';
import type { JobSpec, Run } from '../domain/run';
import type { Study, StudyRun } from '../domain/study';
import type { ParamValues } from '../params';
import { runTwinName } from '../twin';
import { runLabel } from './select';

/** Everything that made the numbers of one run: what a reader asks of a figure or a cell. */
export interface Provenance {
  readonly run: string;
  /** "CNNIQA +NT" */
  readonly label: string;
  readonly model: { readonly id: string; readonly title: string; readonly version: number };
  readonly modelParams: ParamValues;
  readonly trainer: ParamValues;
  readonly nt: ParamValues | null;
  readonly at?: ParamValues;
  readonly seed: number;
  /** "baseline", "+NT" or what else its training adds. */
  readonly adds: string;
  /** Weight files it starts from, or the whole model where it was imported; empty for scratch. */
  readonly startsFrom: readonly { readonly label: string; readonly sha256: string }[];
  readonly imported: boolean;
  readonly epoch: number | null;
  readonly epochs: number;
  /** What the epoch was chosen by. */
  readonly selectedOn: Run['selection'];
  readonly weightsSha256: string | null;
  readonly engine: string | null;
  readonly data: {
    readonly name: string;
    readonly images: number;
    readonly synthetic: boolean;
    readonly contentHash: string;
  };
  readonly split: {
    readonly name: string;
    readonly spec: SplitFacts;
    readonly side: Side;
    readonly counts: StudyRun['split']['counts'];
    /** Lowest and highest raw rating of the training part: the ends of the lab scale. */
    readonly scoreMin: number;
    readonly scoreMax: number;
    readonly contentHash: string;
  };
  readonly measured: readonly Measurement[];
}

/** How a split was made, without the positions of its pictures. */
export type SplitFacts =
  | Extract<SplitSpec, { method: 'random' }>
  | Omit<Extract<SplitSpec, { method: 'imported' }>, 'train' | 'test'>;

/** One batch over the run's pictures. */
export interface Measurement {
  /** "scores", "gradient norms", "FGSM, eps 0.005" */
  readonly what: string;
  readonly images: number;
  readonly complete: boolean;
  /** Its full description, without the run it belongs to; null for plain scores. */
  readonly spec: Omit<Exclude<JobSpec, { kind: 'train' | 'fit' }>, 'runId'> | null;
}

/** Where the numbers of a study come from, one entry per run in its order. */
export function provenanceOf(study: Study): Provenance[] {
  return study.runs.map((entry) => runProvenance(entry, study.selection.side));
}

function runProvenance(entry: StudyRun, side: Side): Provenance {
  const { run, dataset, split, modelTitle } = entry;
  const { spec } = run;
  return {
    run: run.name,
    label: runLabel(entry),
    model: { id: spec.modelId, title: modelTitle, version: spec.modelVersion },
    modelParams: spec.modelParams,
    trainer: spec.trainer,
    nt: spec.nt,
    ...(spec.at && { at: spec.at }),
    seed: spec.seed,
    adds: runTwinName(run) || 'baseline',
    startsFrom:
      spec.initial?.kind === 'weights'
        ? spec.initial.files.map(({ label, sha256 }) => ({ label, sha256 }))
        : [],
    imported: spec.imported !== undefined,
    epoch: run.selectedEpoch,
    epochs: run.epochsTotal,
    selectedOn: run.selection,
    weightsSha256: run.weightsSha256,
    engine: run.engine,
    data: {
      name: dataset.name,
      images: dataset.imageCount,
      synthetic: dataset.synthetic,
      contentHash: dataset.contentHash,
    },
    split: {
      name: split.name,
      spec: withoutPositions(split.spec),
      side,
      counts: split.counts,
      scoreMin: split.scoreMin,
      scoreMax: split.scoreMax,
      contentHash: split.contentHash,
    },
    measured: measurements(entry),
  };
}

/** Thousands of positions say nothing to a reader; the checksum of the split stands for them. */
function withoutPositions(spec: SplitSpec): SplitFacts {
  if (spec.method === 'random') return spec;
  const { method, source, seed, validationShare } = spec;
  return { method, source, seed, validationShare };
}

function measurements({ scores, defended, attacks, norms }: StudyRun): Measurement[] {
  // Undefined does not reach a file; the number of a run means nothing outside its workspace.
  const own = <Spec extends { readonly runId: number }>(spec: Spec) => ({
    ...spec,
    runId: undefined,
  });
  return [
    ...(scores
      ? [{ what: 'scores', images: scores.rows.length, complete: scores.complete, spec: null }]
      : []),
    ...(defended ?? []).map(({ label, rows, complete, spec }) => ({
      what: `scores behind ${label}`,
      images: rows.length,
      complete,
      spec: own(spec),
    })),
    ...attacks.map(({ label, rows, complete, spec }) => ({
      what: label,
      images: rows.length,
      complete,
      spec: own(spec),
    })),
    ...(norms
      ? [
          {
            what: 'gradient norms',
            images: norms.rows.length,
            complete: norms.complete,
            spec: own(norms.spec),
          },
        ]
      : []),
  ];
}
