import type { Selection } from '@shared/domain/run';

/** The checkpoint a run is judged by, as far as training has come. */
export interface Chosen {
  /** 1-based. */
  readonly epoch: number;
  readonly step: number;
  readonly file: string;
  /** What it was chosen by, SROCC or as its model's settings say; null where undefined or nothing was compared. */
  readonly value: number | null;
}

/**
 * Whether an epoch replaces the one chosen before: always with `last`, else with a higher SROCC.
 * The earlier epoch keeps its place in a tie. An undefined SROCC (constant scores) never replaces
 * a defined one, and gives way to anything.
 */
export function replaces(
  rule: Selection,
  candidate: { readonly value: number | null },
  chosen: Pick<Chosen, 'value'> | null,
): boolean {
  if (rule === 'last' || chosen === null || chosen.value === null) return true;
  return candidate.value !== null && candidate.value > chosen.value;
}

/**
 * What a checkpoint must remember for a resumed run to choose as the uninterrupted one would, and
 * to know which files may go.
 */
export interface SelectionState {
  readonly chosen: Chosen | null;
  /** Chosen before the last epoch: a host that has not recorded that epoch yet still needs its file. */
  readonly chosenBefore: Chosen | null;
  /** The last two files, newest last. */
  readonly recent: readonly string[];
}

export const nothingChosen: SelectionState = { chosen: null, chosenBefore: null, recent: [] };

/** As a checkpoint's `extra`. */
export function toExtra(state: SelectionState): Record<string, string> {
  return { selection: JSON.stringify(state) };
}

export function fromExtra(extra: Readonly<Record<string, string>>): SelectionState {
  return extra['selection'] ? (JSON.parse(extra['selection']) as SelectionState) : nothingChosen;
}
