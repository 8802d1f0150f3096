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
  readonly options: FigureOptions;
  /** Without an extension; unique in the bundle. */
  readonly stem: string;
}

export interface BundledTable {
  readonly def: TableDef;
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
 * per attack, tables once. An attack or pair that the options name is the only one.
 */
export function contentsOf(study: Study, options: FigureOptions): Contents {
  const leftOut: Bundle['leftOut'] = [];
  const stems = new Set<string>();
  const pairs = options.pairId === undefined ? pairsOf(study) : [chosenPair(study, options)];
  const drawn = figures.flatMap((def) => {
    const variants = variantsOf(def, study, options, pairs);
    const ready = distinct(
      variants.filter(({ options: own }) => def.needs(study, own).length === 0),
      ({ options: own }) => canonical([def.toCsv(study, own), def.caption(study, own)]),
    );
    const [missing] = ready.length === 0 ? def.needs(study, options) : [];
    if (missing) leftOut.push({ id: def.id, title: def.title, reason: missing.reason });
    return ready.map(({ options: own, parts }) => ({
      def,
      options: own,
      stem: unique([def.id, ...parts].map(slug).filter(Boolean).join('-'), stems),
    }));
  });
  const made = tables.flatMap((def) => {
    const [missing] = def.needs(study, options);
    if (!missing) return [{ def, options, stem: def.id }];
    leftOut.push({ id: def.id, title: def.title, reason: missing.reason });
    return [];
  });
  return { figures: drawn, tables: made, leftOut };
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
