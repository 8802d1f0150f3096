import { rmse } from '@shared/stats/rmse';
import { srocc } from '@shared/stats/srocc';
import type { JobImage, TrainPayload } from '@shared/worker-protocol';
import { ModelScorer } from '../../attacks/harness/model-scorer';
import { ahead } from '../../data/ahead';
import type { Model } from '../../models';
import type { Validation } from '../../training';
import { judgementOf } from '../../training/judgement';
import type { Job } from '../job';
import { scorePicture, scoringRows } from '../score-picture';
import { openSitter, type SitterSettings } from '../sitter';

interface Measured extends Validation {
  readonly judgement: number | null;
}

const nothing: Measured = { srocc: null, rmse: null, judgement: null };

/** Scores the pictures an epoch is judged by: the validation set, and the test set where a run says so. */
export class Validator {
  readonly #payload: TrainPayload;
  readonly #job: Job;
  readonly #scorer: ModelScorer;
  readonly #sitting: SitterSettings;
  readonly #model: Model;
  /** What the last epoch is judged by, the higher the better; null where undefined, or where nothing is compared. */
  judgement: number | null = null;

  /** @param labScale lab = scale * native + offset */
  constructor(
    payload: TrainPayload,
    job: Job,
    labScale: { readonly scale: number; readonly offset: number },
    model: Model,
    sitting: SitterSettings,
  ) {
    this.#payload = payload;
    this.#job = job;
    this.#scorer = new ModelScorer(model, labScale, scoringRows);
    this.#sitting = sitting;
    this.#model = model;
  }

  /** @returns measures of the validation set, never of the test set, which is only judged by */
  async validate(): Promise<Validation> {
    const { validation, selectOn, selection } = this.#payload;
    const { judgement, ...measured } = await this.#measure(validation);
    this.judgement = selection === 'test' ? (await this.#measure(selectOn)).judgement : judgement;
    return measured;
  }

  async #measure(images: readonly JobImage[]): Promise<Measured> {
    if (images.length === 0) return nothing;
    const scores: number[] = [];
    for await (const sitter of ahead(images, 2, (image) => openSitter(this.#sitting, image))) {
      await this.#job.control.checkpoint();
      scores.push(await scorePicture(this.#scorer, sitter));
    }
    const ratings = images.map((image) => image.mos);
    // Outputs that have not been brought to the scale of the ratings have no distance from them.
    const comparable = !this.#model.mapping || this.#model.mapping.get().length > 0;
    const distance = comparable ? rmse(scores, ratings).value : null;
    const judgement = judgementOf(this.#payload.trainer, scores, ratings);
    return { srocc: srocc(scores, ratings).value, rmse: distance, judgement };
  }
}
