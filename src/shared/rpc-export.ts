import * as v from 'valibot';
import { FigureOptions, StudySelection } from './domain/study';
import {
  Bundle,
  Exported,
  FigureFormat,
  FigureSize,
  PictureFormat,
  TableFormat,
} from './rpc-values';

/** The part of the RPC contract (rpc.ts) that takes figures and tables out of the lab. */
export const exportMethods = {
  'export.figure': {
    args: v.object({
      figureId: v.string(),
      selection: StudySelection,
      options: FigureOptions,
      size: FigureSize,
      format: FigureFormat,
    }),
    result: Exported,
  },
  /** The figure as its files will show it, in pixels for the screen; nothing is stored. */
  'export.preview': {
    args: v.object({
      figureId: v.string(),
      selection: StudySelection,
      options: FigureOptions,
      size: FigureSize,
    }),
    /** A PNG in base 64. */
    result: v.object({ png: v.string() }),
  },
  /**
   * Every figure and table that the study has the results for, each with its recipe, captions, a
   * document that shows them all, and checksums, in one folder. Nothing half-made is ever seen.
   */
  'export.bundle': {
    args: v.object({
      name: v.string(),
      selection: StudySelection,
      options: FigureOptions,
      size: v.omit(FigureSize, ['widthIn', 'heightIn']),
      /** Folder to put it into; the workspace's exports where null. */
      path: v.nullable(v.string()),
      /** Whether a bundle of this name may be replaced. */
      overwrite: v.boolean(),
    }),
    result: Bundle,
  },
  /** Original and attacked pictures of the bench side by side, with their scores, as a file. */
  'export.plate': {
    args: v.object({
      attackedIds: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(4)),
      size: v.omit(FigureSize, ['heightIn']),
      format: PictureFormat,
    }),
    result: Exported,
  },
  'export.table': {
    args: v.object({
      tableId: v.string(),
      selection: StudySelection,
      options: FigureOptions,
      format: TableFormat,
    }),
    result: Exported,
  },
} as const;
