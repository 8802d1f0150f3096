import { LabError } from '@shared/errors';
import { random } from '@shared/random';
import type { JobImage } from '@shared/worker-protocol';
import type { ViewShape } from '../models/model';
import type { Batch } from '../training';
import { ahead } from './ahead';
import type { PictureStore } from './picture-store';
import type { ViewSettings } from './settings';
import { pictureIndex, trainViews, type Size, type View } from './views';

/** Batches made while the engine works on the current one. */
const batchesAhead = 3;

/** Where a training's batches come from. */
export interface BatchSource {
  readonly batchesPerEpoch: number;
  /**
   * Batches of an epoch (0-based) from `first` on, made a few ahead of the one in use.
   * @throws LabError `unsupported` where views of a batch differ in size or a picture is too small
   */
  batches(epoch: number, first: number): AsyncIterable<Batch>;
  /** Ends what runs on its behalf. */
  close(): Promise<void>;
}

export interface FeedOptions {
  readonly images: readonly JobImage[];
  /** Sizes of the pictures, in the same order. */
  readonly sizes: readonly Size[];
  readonly shape: ViewShape;
  readonly settings: ViewSettings;
  readonly batchSize: number;
  readonly seed: number;
}

/** One batch after another, each begun while those before it are used. */
export function batchesFrom(
  make: (index: number) => Promise<Batch>,
  first: number,
  count: number,
): AsyncIterable<Batch> {
  const indices = Array.from({ length: Math.max(0, count - first) }, (_, i) => first + i);
  return ahead(indices, batchesAhead, make);
}

/** @throws LabError `bad-input` where an epoch would have no batch */
export function batchesPerEpoch({ images, shape, settings, batchSize }: FeedOptions): number {
  const views = images.length * viewsPerPicture(shape, settings);
  if (!settings.dropLast) return Math.ceil(views / batchSize);
  if (views >= batchSize) return Math.floor(views / batchSize);
  throw new LabError({
    kind: 'bad-input',
    message: `an epoch has ${views} views, fewer than the ${batchSize} of one step, and incomplete steps are left out`,
    safe: 'Nothing was started.',
    next: 'Lower the views per step, or keep the incomplete last step.',
  });
}

function viewsPerPicture(shape: ViewShape, settings: ViewSettings): number {
  return shape.kind === 'whole' ? 1 : settings.trainViews;
}

/** What one epoch shows, in order; views are drawn when they are first needed. */
interface EpochPlan {
  readonly epoch: number;
  readonly order: readonly number[];
  readonly views: Map<number, readonly View[]>;
}

/**
 * Training batches: in each epoch every picture gives its views, and all views of all pictures are
 * shuffled together. The last batch may be smaller, or is left out. Views and order are functions of seed, epoch
 * and content, so any batch of any epoch can be made without those before it.
 */
export class TrainingFeed implements BatchSource {
  readonly batchesPerEpoch: number;
  readonly #store: PictureStore;
  readonly #options: FeedOptions;
  #plan: EpochPlan | null = null;

  constructor(store: PictureStore, options: FeedOptions) {
    this.#store = store;
    this.#options = options;
    this.batchesPerEpoch = batchesPerEpoch(options);
  }

  batches(epoch: number, first: number): AsyncIterable<Batch> {
    return batchesFrom((index) => this.make(epoch, index), first, this.batchesPerEpoch);
  }

  /** Any one batch; cheapest where consecutive calls stay within an epoch. */
  async make(epoch: number, index: number): Promise<Batch> {
    const { batchSize } = this.#options;
    const plan = this.#planOf(epoch);
    const members = plan.order.slice(index * batchSize, (index + 1) * batchSize);
    return await this.#cut(members.map((position) => this.#sample(plan, position)));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #planOf(epoch: number): EpochPlan {
    if (this.#plan?.epoch === epoch) return this.#plan;
    const { images, shape, settings, seed } = this.#options;
    const count = images.length * viewsPerPicture(shape, settings);
    const order = random(seed, 'train/shuffle', epoch).permutation(count);
    return (this.#plan = { epoch, order, views: new Map() });
  }

  #sample(plan: EpochPlan, position: number): Sample {
    const { images, sizes, shape, settings, seed } = this.#options;
    const each = viewsPerPicture(shape, settings);
    const picture = Math.floor(position / each);
    const image = images[picture] as JobImage;
    let views = plan.views.get(picture);
    if (!views) {
      const index = pictureIndex(image.sha256);
      views = trainViews(shape, settings, sizes[picture] as Size, seed, plan.epoch, index);
      plan.views.set(picture, views);
    }
    return { image, view: views[position % each] as View };
  }

  async #cut(samples: readonly Sample[]): Promise<Batch> {
    const { height, width } = (samples[0] as Sample).view;
    const odd = samples.find(({ view }) => view.height !== height || view.width !== width);
    if (odd) throw differentSizes({ height, width }, odd.view);
    const size = height * width * 3;
    const x = new Float32Array(samples.length * size);
    await Promise.all(
      samples.map(({ image, view }, i) => this.#store.readView(image, view, x, i * size)),
    );
    const y = Float32Array.from(samples, ({ image }) => image.mos);
    return { x, shape: [samples.length, height, width, 3], y };
  }
}

interface Sample {
  readonly image: JobImage;
  readonly view: View;
}

function differentSizes(a: Size, b: Size): LabError {
  return new LabError({
    kind: 'unsupported',
    message:
      `this model takes whole pictures, and a training batch would hold some of ` +
      `${a.width} x ${a.height} and some of ${b.width} x ${b.height} pixels`,
    safe: 'Nothing was changed.',
    next: 'Set the views per step to 1, choose a fixed input size, or use pictures of one size.',
  });
}
