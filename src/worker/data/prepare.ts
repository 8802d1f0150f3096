import { LabError } from '@shared/errors';
import type { PictureStore, StoredImage } from './picture-store';
import type { Size } from './views';

/**
 * Decodes every picture that is not cached yet, several at a time, before an engine is kept waiting.
 *
 * Decoding runs in libuv's threads (JPEG, PNG, WebP, TIFF) or on this thread (BMP); four at a time
 * keep two to four cores busy without holding many pictures in memory.
 *
 * @param between awaited before each picture, so that pause and stop get through
 * @returns sizes in the order of `images`
 * @throws the first picture's error, with how many of them fail
 */
export async function preparePictures(
  store: PictureStore,
  images: readonly StoredImage[],
  between: () => Promise<void>,
  onProgress: (done: number) => void,
): Promise<Size[]> {
  const sizes = new Array<Size>(images.length);
  const failures: { index: number; error: unknown }[] = [];
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (next < images.length) {
      const index = next++;
      const image = images[index] as StoredImage;
      await between();
      try {
        sizes[index] = await store.size(image);
      } catch (error) {
        failures.push({ index, error });
        // One bad file is worth the names of the others; a full disk is not worth a second try.
        if (!isAboutOnePicture(error) || failures.length === 20) next = images.length;
      }
      onProgress(++done);
    }
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  const [first] = failures.sort((a, b) => a.index - b.index);
  if (first) throw withOthers(first.error, failures.length - 1);
  return sizes;
}

function isAboutOnePicture(error: unknown): boolean {
  const kinds: string[] = ['missing-file', 'unreadable-file', 'unsupported', 'conflict'];
  return error instanceof LabError && kinds.includes(error.kind);
}

function withOthers(error: unknown, others: number): unknown {
  if (others === 0 || !(error instanceof LabError)) return error;
  const files = others === 1 ? 'file is' : 'files are';
  return new LabError(
    { ...error.toData(), message: `${error.message} At least ${others} more ${files} affected.` },
    { cause: error },
  );
}
