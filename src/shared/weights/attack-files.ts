import type { AttackInfo } from '../domain/catalogue';
import type { NeededFile, StoredWeights, WeightEntry } from '../domain/weights';
import { holds, type ParamSpec, type ParamValues } from '../params';
import { weightCatalogue } from './catalogue';
import { initialFile } from './initial';

type Reads = Pick<AttackInfo, 'params' | 'needs'>;
type ChoosesFile = Extract<ParamSpec, { type: 'weights' }>;

/** Whether an attack reads a file at any of its settings. */
export function readsFiles({ params, needs = [] }: Reads): boolean {
  return needs.length > 0 || params.some(({ type }) => type === 'weights');
}

export interface AttackFiles {
  readonly files: readonly NeededFile[];
  /** A sentence for each file that is needed and not there; the attack may start where none is. */
  readonly missing: readonly string[];
}

/**
 * The weight files an attack reads at given settings, found among those of the workspace: files its
 * settings choose, then files it always needs.
 *
 * @param values complete and checked
 */
export function attackFiles(
  attack: Reads,
  values: Readonly<ParamValues>,
  stored: readonly StoredWeights[],
  entries: readonly WeightEntry[] = weightCatalogue,
): AttackFiles {
  const files: NeededFile[] = [];
  const missing: string[] = [];
  const take = (need: string, found: StoredWeights | string): void => {
    if (typeof found === 'string') missing.push(found);
    else files.push({ need, ...initialFile(found) });
  };
  for (const spec of attack.params) {
    if (spec.type !== 'weights' || !holds(spec.when, values)) continue;
    take(spec.id, chosenFile(spec, values[spec.id], stored));
  }
  for (const { entry: id, purpose, when } of attack.needs ?? []) {
    if (!holds(when, values) || files.some(({ need }) => need === id)) continue;
    const entry = entries.find((one) => one.id === id);
    if (!entry) throw new Error(`attackFiles: the catalogue of weight files has no "${id}"`);
    take(id, publishedFile(entry, stored) ?? absent(entry, purpose));
  }
  return { files, missing };
}

/** Files that a setting can name. */
export function acceptedFiles(
  { accepts }: Pick<ChoosesFile, 'accepts'>,
  stored: readonly StoredWeights[],
): StoredWeights[] {
  return stored.filter(({ facts }) => accepts.includes(facts.id));
}

/** The workspace's file for an entry: the published one, else the one added first that has its tensors. */
export function publishedFile(
  { id, recognisedAs }: WeightEntry,
  stored: readonly StoredWeights[],
): StoredWeights | undefined {
  const fitting = stored.filter(
    ({ facts }) => facts.kind === recognisedAs.kind && facts.id === recognisedAs.id,
  );
  return fitting.find(({ entryId, published }) => published && entryId === id) ?? fitting[0];
}

function chosenFile(
  spec: ChoosesFile,
  sha256: unknown,
  stored: readonly StoredWeights[],
): StoredWeights | string {
  const accepted = acceptedFiles(spec, stored);
  const found = accepted.find((file) => file.sha256 === sha256);
  if (found) return found;
  if (sha256 !== '') return `${spec.label}: the file chosen is not in this workspace.`;
  return accepted.length > 0
    ? `${spec.label}: choose a file.`
    : `${spec.label}: this workspace has no such file yet.`;
}

function absent({ title, page, fileNames }: WeightEntry, purpose: string): string {
  const name = fileNames[0] ?? title;
  return `${title} (${name}) is not in this workspace; it is needed for ${purpose}. Its authors publish it here: ${page}.`;
}
