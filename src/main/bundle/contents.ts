import { canonical } from '@shared/canonical';
import type { FigureOptions, Study } from '@shared/domain/study';
import { figures, type FigureDef } from '@shared/figures';
import {
  attackLabels,
  chosenPair,
  isPlainAttack,
  pairsOf,
  type StudyPair,
} from '@shared/study/select';
import { tables, type TableDef } from '@shared/tables';
import type { Bundle } from '@shared/rpc';

/** One figure of a bundle: what is drawn, and how its files are called. */
export interface BundledFigure {
  readonly def: FigureDef;
  /** What it is drawn from: the runs of the study that have the results for it. */
  readonly study: Study;
  /** Names of the runs that do not. */
  readonly without: readonly string[];
  readonly options: FigureOptions;
  /** Without an extension; unique in the bundle. */
  readonly stem: string;
}

export interface BundledTable {
  readonly def: TableDef;
  readonly study: Study;
  readonly without: readonly string[];
  readonly options: FigureOptions;
  readonly stem: string;
}

export interface Contents {
  readonly figures: readonly BundledFigure[];
  readonly tables: readonly BundledTable[];
  readonly leftOut: Bundle['leftOut'];
}

/**
 * Everything a study has the results for: a figure of one pair once per pair, one of one attack once
 * per attack, tables once. An attack or pair that the options name is the only one. Where some pairs
 * lack a result, tables and figures of all pairs are made of the others.
 */
export function contentsOf(study: Study, options: FigureOptions): Contents {
  const leftOut: Bundle['leftOut'] = [];
  const stems = new Set<string>();
  const pairs = options.pairId === undefined ? pairsOf(study) : [chosenPair(study, options)];
  const drawn = figures.flatMap((def) => {
    const whole = def.choices.includes('pairId');
    const variants = variantsOf(def, study, options, pairs);
    const ready = distinct(
      variants.flatMap((variant) => {
        const part = whole
          ? def.needs(study, variant.options).length === 0 && { study, without: [] }
          : completePart(def, study, variant.options);
        return part ? [{ ...variant, ...part }] : [];
      }),
      ({ options: own, study: part }) => canonical([def.toCsv(part, own), def.caption(part, own)]),
    );
    const [missing] = ready.length === 0 ? def.needs(study, options) : [];
    if (missing) leftOut.push({ id: def.id, title: def.title, reason: missing.reason });
    return ready.map(({ options: own, parts, study: part, without }) => ({
      ...{ def, study: part, without, options: own },
      stem: unique([def.id, ...parts].map(slug).filter(Boolean).join('-'), stems),
    }));
  });
  const made = tables.flatMap((def) => {
    const part = completePart(def, study, options);
    if (part) return [{ def, ...part, options, stem: def.id }];
    const [missing] = def.needs(study, options);
    leftOut.push({ id: def.id, title: def.title, reason: missing?.reason ?? 'No run has it.' });
    return [];
  });
  return { figures: drawn, tables: made, leftOut };
}

/** The pairs of a study that lack nothing for this; null where none is left. */
function completePart(
  def: FigureDef | TableDef,
  study: Study,
  options: FigureOptions,
): { study: Study; without: string[] } | null {
  const lacking = new Set(def.needs(study, options).map(({ runId }) => runId));
  if (lacking.size === 0) return { study, without: [] };
  if (lacking.has(null)) return null;
  const complete = pairsOf(study).filter(({ runs }) =>
    runs.every(({ run }) => !lacking.has(run.id)),
  );
  const kept = new Set(complete.flatMap(({ runs }) => runs));
  const runs = study.runs.filter((run) => kept.has(run));
  const ids = runs.map(({ run }) => run.id);
  const part: Study = {
    selection: { ...study.selection, runIds: ids },
    pairs: study.pairs.filter(({ id }) => complete.some(({ pairId }) => pairId === id)),
    runs,
  };
  if (runs.length === 0 || def.needs(part, options).length > 0) return null;
  const without = study.runs.filter((run) => !kept.has(run)).map(({ run }) => run.name);
  return { study: part, without };
}

interface Variant {
  readonly options: FigureOptions;
  /** What tells it from the others, for its name. */
  readonly parts: readonly string[];
}

function variantsOf(
  def: FigureDef,
  study: Study,
  options: FigureOptions,
  pairs: readonly (StudyPair | null)[],
): Variant[] {
  const byPair: { options: FigureOptions; parts: string[]; pair: StudyPair | null }[] =
    def.choices.includes('pairId')
      ? pairs.map((pair) => ({
          options: { ...options, ...(pair?.pairId != null && { pairId: pair.pairId }) },
          parts: pair && pairs.length > 1 ? [pair.label] : [],
          pair,
        }))
      : [{ options, parts: [], pair: null }];
  // Several attacks on one plate are what the plate is for.
  const perAttack =
    def.choices.includes('attack') && !def.choices.includes('imageIds') && !options.attack;
  if (!perAttack) return byPair;
  return byPair.flatMap(({ options: own, parts, pair }) => {
    const runs = pair?.runs ?? study.runs;
    const plain = runs.map((run) => ({ ...run, attacks: run.attacks.filter(isPlainAttack) }));
    const labels = attackLabels(plain);
    if (labels.length === 0) return [{ options: own, parts }];
    return labels.map((attack) => ({ options: { ...own, attack }, parts: [...parts, attack] }));
  });
}

/** The first of those that are alike: a choice that changes nothing makes no figure of its own. */
function distinct<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const first = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    if (!first.has(key)) first.set(key, item);
  }
  return [...first.values()];
}

/** Letters, digits and dots, safe in a file name on every system and in LaTeX. */
function slug(text: string): string {
  const plain = text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-');
  return plain
    .replaceAll('.', '_')
    .replaceAll(/^[-_]+|[-_]+$/g, '')
    .slice(0, 60);
}

function unique(stem: string, taken: Set<string>): string {
  let name = stem;
  for (let number = 2; taken.has(name); number++) name = `${stem}-${number}`;
  taken.add(name);
  return name;
}
