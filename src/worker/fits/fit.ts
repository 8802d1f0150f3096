import type { FitInfo } from '@shared/domain/catalogue';
import type { ParamValues } from '@shared/params';
import type { AttackWeights, Scorer } from '../attacks/attack';
import type { Size } from '../data/views';
import type { ViewShape } from '../models';
import type { Batch } from '../training';
import type { FitFile } from './fit-file';

/** What a fit is shown: views of the pictures of one side, drawn from the seed, in shuffled batches. */
export interface FitData {
  readonly shape: ViewShape;
  /** Views of each picture in one epoch; 1 where the whole picture is shown. */
  readonly viewsPerPicture: number;
  /** Whether half of the views are mirrored left to right. */
  readonly mirrored: boolean;
  readonly batchSize: number;
  readonly epochs: number;
}

/** The trained model a fit works on. */
export interface FittedModel {
  /** Size of the views it scores; null where it scores a picture as it is. */
  readonly view: Size | null;
  /**
   * Scores patches `[n, height, width, 3]` on the lab scale, whatever views the model itself takes: the mean over an even
   * grid of views that covers the patch.
   */
  scorer(patch: Size): Scorer;
}

export interface FitParts {
  readonly params: Readonly<ParamValues>;
  readonly seed: number;
  /** Size of what `step` is shown: at most that of `data`, less where a picture is smaller. */
  readonly patch: Size;
  /** Null for a fit on data alone. */
  readonly model: FittedModel | null;
  /** A weight file by the id of a setting or of an entry in `needs`; asking for what was not declared throws. */
  weights(need: string): AttackWeights;
}

/** A fit under way. What it holds is a function of the steps taken, so that a stopped one can go on. */
export interface Fitting {
  /**
   * Takes one step.
   * @param at steps taken before, counted over the whole fit, and the epoch (0-based)
   * @returns the loss, which must fall
   */
  step(batch: Batch, at: { readonly step: number; readonly epoch: number }): Promise<number>;
  /** Everything that is needed to continue with the same bits. */
  state(): FitFile['tensors'];
  load(state: FitFile['tensors']): void;
  /** What becomes the file. */
  result(): Pick<FitFile, 'title' | 'tensors' | 'settings'>;
  dispose(): void;
}

/** A fit is one file in this folder with a default export of this type; its id is the stem. */
export interface FitDef extends FitInfo {
  /** Settings small enough to fit in a second, for tests. */
  readonly miniature: ParamValues;
  data(params: Readonly<ParamValues>, model: FittedModel | null): FitData;
  begin(parts: FitParts): Promise<Fitting>;
}
