import type { TrainSpec } from '../domain/run';
import type {
  InitialFile,
  InitialWeights,
  StoredWeights,
  WeightEntry,
  WeightFacts,
} from '../domain/weights';
import type { ParamValues } from '../params';
import { weightCatalogue } from './catalogue';

/** Drawn from the seed. */
export const fromScratch: InitialWeights = { kind: 'scratch' };

/** A model as a run has it: its id and its architecture settings. */
export interface ModelChoice {
  readonly modelId: string;
  readonly modelParams: Readonly<ParamValues>;
}

export interface Part {
  /** "ResNet-50 trunk" */
  readonly name: string;
  readonly entry: WeightEntry;
}

/** The parts of a model that its authors start from published weights; none for many models. */
export function partsOf(
  { modelId, modelParams }: ModelChoice,
  entries: readonly WeightEntry[] = weightCatalogue,
): Part[] {
  return entries.flatMap((entry) =>
    entry.uses.flatMap((use): Part[] => {
      if (use.kind !== 'trunk' || use.id !== modelId) return [];
      const holds = !use.when || modelParams[use.when.param] === use.when.is;
      return holds ? [{ name: use.part, entry }] : [];
    }),
  );
}

type Recognised = Pick<InitialFile, 'kind' | 'id'>;

/** Whether a file is the whole model in its size, or one of the parts it starts from. */
export function fitsModel(
  facts: Pick<WeightFacts, 'kind' | 'id' | 'variant' | 'written'>,
  model: ModelChoice,
  entries: readonly WeightEntry[] = weightCatalogue,
): boolean {
  const parts = partsOf(model, entries);
  if (facts.kind !== 'model') return parts.some(({ entry }) => isEntry(entry, facts));
  if (facts.id !== model.modelId) return false;
  if (facts.written) return sameValues(facts.written.modelParams, model.modelParams);
  return (
    !hasSizes(model.modelId, entries) ||
    parts.some(({ entry }) => entry.recognisedAs.id === facts.variant)
  );
}

function sameValues(a: Readonly<ParamValues>, b: Readonly<ParamValues>): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((id) => a[id] === b[id]);
}

/** Whether a model comes on several trunks, of which a setting chooses one. */
function hasSizes(modelId: string, entries: readonly WeightEntry[]): boolean {
  return entries.some(({ uses }) =>
    uses.some((use) => use.kind === 'trunk' && use.id === modelId && use.when !== undefined),
  );
}

/**
 * Settings under which a model is the network of a file: those the file was written with, or the one
 * that chooses its size.
 */
export function settingsOf(
  facts: Pick<WeightFacts, 'id' | 'variant' | 'written'>,
  entries: readonly WeightEntry[] = weightCatalogue,
): ParamValues {
  if (facts.written) return facts.written.modelParams;
  for (const { uses, recognisedAs } of entries) {
    for (const use of uses) {
      if (use.kind !== 'trunk' || use.id !== facts.id || !use.when) continue;
      if (recognisedAs.id === facts.variant) return { [use.when.param]: use.when.is };
    }
  }
  return {};
}

/** Parts that none of the files holds: those a run leaves to the seed although weights exist. */
export function partsFromScratch(
  model: ModelChoice,
  initial: InitialWeights,
  entries: readonly WeightEntry[] = weightCatalogue,
): Part[] {
  const files = initial.kind === 'weights' ? initial.files : [];
  if (files.some(({ kind }) => kind === 'model')) return [];
  return partsOf(model, entries).filter(({ entry }) => !files.some((file) => isEntry(entry, file)));
}

function isEntry({ recognisedAs }: WeightEntry, { kind, id }: Recognised): boolean {
  return recognisedAs.kind === kind && recognisedAs.id === id;
}

/** What is stored with a run of a file it starts from. */
export function initialFile({ sha256, fileName, facts }: StoredWeights): InitialFile {
  const { kind, id, title } = facts;
  return { sha256, label: `${title} (${fileName})`, kind, id };
}

/** "from scratch", or the files by name and the beginning of their checksums. */
export function initialText({ initial = fromScratch }: Pick<TrainSpec, 'initial'>): string {
  if (initial.kind === 'scratch') return 'from scratch';
  return initial.files
    .map(({ label, sha256 }) => `${label}, SHA-256 ${sha256.slice(0, 12)}`)
    .join('; ');
}
