import { totalmem } from 'node:os';
import { join } from 'node:path';
import { decodeImageBytes, readPictureFile } from '@imaging/decode';
import { sha256 } from '@imaging/hash';
import type { RgbImage } from '@imaging/image';
import { resizeBilinear } from '@imaging/resize';
import { resizeCubic } from '@imaging/resize-cubic';
import { LabError } from '@shared/errors';
import type { JobImage } from '@shared/worker-protocol';
import type { FixedSize, ViewShape } from '../models/model';
import { readCacheFile, readCacheRows, readCacheSize, writeCacheFile } from './cache-file';
import { RecentPictures } from './recent-pictures';
import { copyTurnedView, copyView } from './pixels';
import type { Size, View } from './views';

/** What the store needs to know of a picture. */
export type StoredImage = Pick<JobImage, 'path' | 'sha256'>;

export interface StoreOptions {
  /** Folder that may be emptied at any time. */
  readonly cacheDir: string;
  /** Pictures for a model that scores the whole at a fixed size are kept at that size. */
  readonly shape: ViewShape;
  /** Decoded pictures held in memory; default an eighth of the machine's, at most 2 GiB. */
  readonly memoryBytes?: number;
}

/**
 * Decoded pictures: each file is decoded (and resized, where the model needs it) once, kept on disk
 * as raw RGB under its content hash, and in memory as far as the budget allows. Sets that fit are
 * served from memory; of larger ones only the rows of a crop are read.
 */
export class PictureStore {
  readonly #options: StoreOptions;
  readonly #recent: RecentPictures;
  /** Sizes of pictures whose cache file has been checked whole by this store. */
  readonly #sizes = new Map<string, Size>();
  readonly #loading = new Map<string, Promise<RgbImage>>();

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#recent = new RecentPictures(
      options.memoryBytes ?? Math.min(2 ** 31, Math.floor(totalmem() / 8)),
    );
  }

  /**
   * Height and width of a picture as the model meets it. Decodes it when it is not cached yet; one
   * that is cached is not read, and is checked when it is opened.
   */
  async size(image: StoredImage): Promise<Size> {
    return (
      this.#sizes.get(image.sha256) ??
      (await readCacheSize(this.#cachePath(image))) ??
      (await this.open(image))
    );
  }

  /**
   * The whole picture, `[height, width, 3]` uint8.
   * @throws LabError as `decodeImage`, or `conflict` where the file is not the one that was imported
   */
  async open(image: StoredImage): Promise<RgbImage> {
    const held = this.#recent.get(image.sha256);
    if (held) return held;
    const running = this.#loading.get(image.sha256);
    if (running) return await running;
    const load = this.#load(image).finally(() => this.#loading.delete(image.sha256));
    this.#loading.set(image.sha256, load);
    return await load;
  }

  /** Opens a picture ahead of its first use, where there is room to keep it. */
  async warm(image: StoredImage): Promise<void> {
    const size = this.#sizes.get(image.sha256);
    if (!size || this.#recent.hasRoomFor(bytesOf(size))) await this.open(image);
  }

  /** Copies one view as float32 in [0, 1], `[view.height, view.width, 3]` from `offset` on. */
  async readView(image: StoredImage, view: View, out: Float32Array, offset: number): Promise<void> {
    if (view.turned !== undefined) {
      // A turned view may need any row of the picture.
      const picture = await this.open(image);
      copyTurnedView(picture.data, picture, view, view.turned, out, offset);
      return;
    }
    const held = this.#recent.get(image.sha256);
    const size = this.#sizes.get(image.sha256);
    if (held || !size || this.#recent.hasRoomFor(bytesOf(size))) {
      const picture = held ?? (await this.open(image));
      copyView(picture.data, 0, picture.width, view, out, offset);
      return;
    }
    const rows = await readCacheRows(this.#cachePath(image), size, view.top, view.height);
    if (rows) copyView(rows, view.top, size.width, view, out, offset);
    else {
      // The cache was emptied or damaged while the job ran: opening rebuilds it.
      const picture = await this.open(image);
      copyView(picture.data, 0, picture.width, view, out, offset);
    }
  }

  async #load(image: StoredImage): Promise<RgbImage> {
    const path = this.#cachePath(image);
    let picture = await readCacheFile(path);
    if (!picture) {
      picture = await this.#decode(image);
      await writeCacheFile(path, picture);
    }
    this.#sizes.set(image.sha256, { height: picture.height, width: picture.width });
    this.#recent.add(image.sha256, picture);
    return picture;
  }

  async #decode(image: StoredImage): Promise<RgbImage> {
    const bytes = await readPictureFile(image.path);
    // Rows, splits and views refer to the picture that was imported, not to whatever has its name.
    if (sha256(bytes) !== image.sha256) {
      throw new LabError({
        kind: 'conflict',
        message: `The file "${image.path}" has changed since it was imported.`,
        safe: 'Results stored so far are kept and refer to the picture as it was.',
        next: 'Put the original file back, or import the changed folder as a new data set.',
      });
    }
    const decoded = await decodeImageBytes(bytes, image.path);
    return sizesOnTheWay(this.#options.shape).reduce<RgbImage>(
      (picture, { height, width, filter }) =>
        (filter === 'cubic' ? resizeCubic : resizeBilinear)(picture, height, width),
      decoded,
    );
  }

  #cachePath(image: StoredImage): string {
    const sizes = sizesOnTheWay(this.#options.shape);
    const suffix = sizes
      .map(({ width, height, filter = '' }) => `-${width}x${height}${filter}`)
      .join('');
    return join(
      this.#options.cacheDir,
      'pixels',
      image.sha256.slice(0, 2),
      `${image.sha256}${suffix}.rgb`,
    );
  }
}

/** The sizes every picture is brought to, one after the other, before views are cut; none where it stays as it is. */
function sizesOnTheWay(shape: ViewShape): readonly FixedSize[] {
  const { resized = [], height, width } = shape;
  if (shape.kind === 'crop' || height === null || width === null) return resized;
  return [...resized, { height, width }];
}

function bytesOf(size: Size): number {
  return size.height * size.width * 3;
}
