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

export interface FeedOptions {
  readonly store: PictureStore;
  readonly images: readonly JobImage[];
  /** Sizes of the pictures, in the same order. */
  readonly sizes: readonly Size[];
  readonly shape: ViewShape;
  readonly settings: ViewSettings;
  readonly batchSize: number;
  readonly seed: number;
}

/**
 * Training batches: in each epoch every picture gives its views, and all views of all pictures are
 * shuffled together. The last batch may be smaller. Views and order are functions of seed, epoch
 * and content, so any batch of any epoch can be made without those before it.
 */
export class TrainingFeed {
  readonly batchesPerEpoch: number;
  readonly #options: FeedOptions;
  readonly #viewsPerPicture: number;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#viewsPerPicture = options.shape.kind === 'whole' ? 1 : options.settings.trainViews;
    const views = options.images.length * this.#viewsPerPicture;
    this.batchesPerEpoch = Math.ceil(views / options.batchSize);
  }

  /**
   * Batches of an epoch (0-based) from `first` on, made a few ahead of the one in use.
   * @throws LabError `unsupported` where views of a batch differ in size or a picture is too small
   */
  batches(epoch: number, first: number): AsyncIterable<Batch> {
    const { images, batchSize, seed } = this.#options;
    const each = this.#viewsPerPicture;
    const order = random(seed, 'train/shuffle', epoch).permutation(images.length * each);
    const planned = new Map<number, readonly View[]>();
    const sample = (position: number): Sample => {
      const picture = Math.floor(position / each);
      let views = planned.get(picture);
      if (!views) planned.set(picture, (views = this.#plan(picture, epoch)));
      return { image: images[picture] as JobImage, view: views[position % each] as View };
    };
    const indices = Array.from({ length: this.batchesPerEpoch - first }, (_, i) => first + i);
    return ahead(indices, batchesAhead, async (index) => {
      const members = order.slice(index * batchSize, (index + 1) * batchSize).map(sample);
      return await this.#batch(members);
    });
  }

  #plan(picture: number, epoch: number): View[] {
    const { images, sizes, shape, settings, seed } = this.#options;
    const index = pictureIndex((images[picture] as JobImage).sha256);
    return trainViews(shape, settings, sizes[picture] as Size, seed, epoch, index);
  }

  async #batch(samples: readonly Sample[]): Promise<Batch> {
    const { height, width } = (samples[0] as Sample).view;
    const odd = samples.find(({ view }) => view.height !== height || view.width !== width);
    if (odd) throw differentSizes({ height, width }, odd.view);
    const size = height * width * 3;
    const x = new Float32Array(samples.length * size);
    await Promise.all(
      samples.map(({ image, view }, i) => this.#options.store.readView(image, view, x, i * size)),
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
