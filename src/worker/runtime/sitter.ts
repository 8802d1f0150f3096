import type { JobImage } from '@shared/worker-protocol';
import type { Target } from '../attacks/harness/pieces';
import type { PictureStore } from '../data/picture-store';
import type { ViewSettings } from '../data/settings';
import { pictureIndex, testViews } from '../data/views';
import type { ViewShape } from '../models';

/** A picture ready to be scored: its pixels and the views that stand for it. */
export interface Sitter extends Target {
  readonly image: JobImage;
}

export interface SitterSettings {
  readonly store: PictureStore;
  readonly shape: ViewShape;
  readonly settings: ViewSettings;
  readonly seed: number;
}

/** Opens a picture and draws its scoring views: the same for every job of a run and its twin. */
export async function openSitter(
  { store, shape, settings, seed }: SitterSettings,
  image: JobImage,
): Promise<Sitter> {
  const picture = await store.open(image);
  const index = pictureIndex(image.sha256);
  const views = testViews(shape, settings, picture, seed, index);
  return { image, imageId: image.id, picture, index, views };
}
