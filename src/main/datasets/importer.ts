import type { ImportPreview, ImportProblem, LabelMapping, ScoreKind } from '@shared/domain/dataset';

/** One rated image as its label file states it. */
export interface LabelEntry {
  /** 0-based place in the label file after exclusions; index files refer to it. */
  readonly position: number;
  /** File name as written in the label file; may hold folders. Not yet trusted. */
  readonly name: string;
  /** Raw rating. */
  readonly score: number;
  readonly std: number | null;
  /** Key of the reference content, where the data set has one. */
  readonly group: string | null;
}

/** What a label file says, before any picture is opened. */
export interface LabelSet {
  /** Folder below which pictures are looked for; nothing outside it is ever opened. */
  readonly root: string;
  /** Folders below the root where pictures are expected first, with forward slashes; "" is the root. */
  readonly imageFolders: readonly string[];
  readonly scoreKind: ScoreKind;
  readonly scoreMin: number;
  readonly scoreMax: number;
  readonly synthetic: boolean;
  readonly entries: readonly LabelEntry[];
  /** Names left out on purpose, each with its reason. */
  readonly excluded: readonly string[];
  /** Rows that cannot be used. */
  readonly problems: readonly ImportProblem[];
  readonly notes: readonly string[];
}

/**
 * A kind of data set the lab can bring in. To add one, write `importers/<id>.ts` with a default export; wizard, command
 * line and tests find it by itself.
 */
export interface Importer {
  /** Equals the file's stem. */
  readonly id: string;
  readonly title: string;
  /** How surely `path` (a folder or a label file) is this kind: 0 not at all, 1 certainly. */
  recognises(path: string): Promise<number>;
  /** A first look for a person; opens no picture. */
  preview(path: string, mapping?: LabelMapping): Promise<ImportPreview>;
  /** @throws LabError `bad-input`, naming the columns that exist, where the mapping does not fit */
  read(path: string, mapping: LabelMapping | null): Promise<LabelSet>;
}

/** Rows shown in a preview. */
export const PREVIEW_ROWS = 20;
