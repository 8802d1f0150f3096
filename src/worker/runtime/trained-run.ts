import { checkValues } from '@shared/params';
import type { JobImage, JobPayload } from '@shared/worker-protocol';
import { fittingRows } from '../attacks/harness/fitting-rows';
import { ModelScorer } from '../attacks/harness/model-scorer';
import { PictureStore } from '../data/picture-store';
import { viewSettings, type ViewSettings } from '../data/settings';
import { viewShapes } from '../data/views';
import { models, type Model, type ModelDef, type ViewShape } from '../models';
import { trainerSpecsOf } from '../trainer-specs';
import { loadCheckpoint } from '../training';
import { scoringRows } from './score-picture';
import { openSitter, type Sitter, type SitterSettings } from './sitter';

/** What of a payload says which weights to open, and how pictures are cut for them. */
export type RunPayload = Pick<
  Extract<JobPayload, { kind: 'evaluate' }>,
  'modelId' | 'modelParams' | 'trainer' | 'seed' | 'cacheDir' | 'checkpoint' | 'labScale'
>;

export interface OpenOptions {
  /** Decoded pictures held in memory, in bytes; the picture store's own default when absent. */
  readonly pictureBytes?: number;
}

/** A trained run, opened for scoring: its weights, its pictures and the views they are scored by. */
export class TrainedRun {
  readonly def: ModelDef;
  readonly model: Model;
  readonly store: PictureStore;
  /** What it scores. */
  readonly shape: ViewShape;
  /** Lab score = scale * native + offset. */
  readonly labScale: { readonly scale: number; readonly offset: number };
  readonly #sitting: SitterSettings;
  #fit: number | null = null;

  private constructor(
    payload: RunPayload,
    def: ModelDef,
    model: Model,
    shape: ViewShape,
    settings: ViewSettings,
    { pictureBytes }: OpenOptions,
  ) {
    this.def = def;
    this.model = model;
    this.shape = shape;
    this.labScale = payload.labScale ?? def.labScale;
    this.store = new PictureStore({
      cacheDir: payload.cacheDir,
      shape,
      memoryBytes: pictureBytes,
    });
    this.#sitting = { store: this.store, shape, settings, seed: payload.seed };
  }

  /** @throws LabError where the model is unknown or its weights do not fit or cannot be read */
  static async open(payload: RunPayload, options: OpenOptions = {}): Promise<TrainedRun> {
    const def = models.find(payload.modelId);
    const values = checkValues(def.title, def.params, payload.modelParams);
    const trainer = checkValues(
      def.title,
      trainerSpecsOf(def),
      payload.trainer,
      def.recipe.trainer,
    );
    const model = def.build(values, payload.seed);
    try {
      const expected = { modelId: def.id, modelVersion: def.version };
      await loadCheckpoint(payload.checkpoint, model, null, expected);
    } catch (error) {
      model.dispose();
      throw error;
    }
    const { test } = viewShapes(def.views(values, trainer));
    return new TrainedRun(payload, def, model, test, viewSettings(trainer), options);
  }

  /**
   * @param rows most views in one go; fewer where one gradient pass over them would not fit. The same
   *   for every job of the run, so that a clean score is the same number in each
   */
  scorer(rows = scoringRows): ModelScorer {
    const { height, width } = this.shape;
    // Whole pictures of their own size are one view each.
    const sized = height !== null && width !== null ? { height, width } : null;
    this.#fit ??= sized ? fittingRows(this.model, sized) : rows;
    return new ModelScorer(this.model, this.labScale, Math.min(rows, this.#fit));
  }

  readonly sitter = (image: JobImage): Promise<Sitter> => openSitter(this.#sitting, image);

  dispose(): void {
    this.model.dispose();
  }
}
