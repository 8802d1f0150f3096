import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng } from '@imaging/encode';
import { LabError } from '@shared/errors';
import { random } from '@shared/random';
import type { ImportProgress } from '../import-dataset';
import { throwIfCancelled } from '../inspect-images';
import { distortions, LEVELS, type Distortion } from './distortions';
import { latentQuality, rate, texture } from './raters';
import { renderContent } from './scenes';

export interface DemoOptions {
  /** How many pictures, 10 to 10,000. */
  readonly images: number;
  readonly seed: number;
}

/** About this many pictures show one content: the undamaged one and versions of it. */
const PER_CONTENT = 10;

interface Variant {
  readonly distortion: Distortion | null;
  readonly level: number;
}

/** The undamaged picture, then kinds and levels in an order of this content's own; every 25 use each pair once. */
function variantsOf(seed: number, content: number, count: number): Variant[] {
  const pairs = distortions.flatMap((distortion) =>
    Array.from({ length: LEVELS }, (_, i): Variant => ({ distortion, level: i + 1 })),
  );
  const order = random(seed, 'demo/variants').permutation(pairs.length);
  const first = content * (PER_CONTENT - 1);
  const damaged = Array.from({ length: count - 1 }, (_, i) => {
    const pair = pairs[order[(first + i) % order.length] ?? 0];
    if (!pair) throw new Error('demo: there are no distortions');
    return pair;
  });
  return [{ distortion: null, level: 0 }, ...damaged];
}

/**
 * Makes the demo data set: procedural scenes, five distortions at five levels, simulated raters. Writes
 * `images/*.png`, `labels.csv` and `README.txt`, which says "synthetic". The same options give the same files on one
 * machine; on another processor the last bit of a sine may turn a rare pixel by a level.
 *
 * @param folder must not exist yet, or be empty; appears only when complete
 * @throws LabError `conflict` if the folder holds anything, `cancelled`, or `bad-input`
 */
export async function createDemo(
  folder: string,
  { images, seed }: DemoOptions,
  onProgress: (progress: ImportProgress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<void> {
  if (!Number.isInteger(images) || images < 10 || images > 10_000) {
    throw bad(`the demo data set can have 10 to 10000 pictures, got ${images}`);
  }
  if (!Number.isSafeInteger(seed) || seed < 0) throw bad(`a seed is a whole number, got ${seed}`);
  await requireEmpty(folder);
  const partial = `${folder}.partial-${randomUUID()}`;
  await mkdir(join(partial, 'images'), { recursive: true });
  try {
    const rows = await writeImages(partial, { images, seed }, onProgress, signal);
    await writeFile(join(partial, 'labels.csv'), `${rows.join('\n')}\n`);
    await writeFile(join(partial, 'README.txt'), readme({ images, seed }));
    // Only an empty folder goes away; one that was filled in the meantime makes the renaming fail.
    await rmdir(folder).catch(() => undefined);
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

async function writeImages(
  folder: string,
  { images, seed }: DemoOptions,
  onProgress: (progress: ImportProgress) => void,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const contents = Math.max(5, Math.round(images / PER_CONTENT));
  const rows = ['image,mos,std,content,distortion,level'];
  const phase = 'Drawing pictures';
  let done = 0;
  for (let content = 0; content < contents; content++) {
    throwIfCancelled(signal);
    const count = Math.floor(((content + 1) * images) / contents) - done;
    const { name, image: reference } = renderContent(seed, content);
    const busy = texture(reference);
    const appeal = random(seed, 'demo/appeal', 0, content).normal(0, 2.5);
    const writing = variantsOf(seed, content, count).map(async ({ distortion, level }, i) => {
      const number = done + i;
      const noise = random(seed, 'demo/noise', 0, number);
      const strength = distortion?.strengths[level - 1] ?? 0;
      const image = distortion ? await distortion.apply(reference, strength, noise) : reference;
      const kind = distortion ? `${distortion.id}_${level}` : 'pristine';
      await writeFile(join(folder, 'images', `${name}_${kind}.png`), await encodePng(image));
      const { mos, std } = rate(seed, number, latentQuality(distortion, level, busy, appeal));
      const ratings = `${mos.toFixed(3)},${std.toFixed(3)}`;
      return `${name}_${kind}.png,${ratings},${name},${distortion?.id ?? 'none'},${level}`;
    });
    rows.push(...(await Promise.all(writing)));
    done += count;
    onProgress({ done, total: images, phase });
  }
  return rows;
}

async function requireEmpty(folder: string): Promise<void> {
  const present = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  if (present.length === 0) return;
  throw new LabError({
    kind: 'conflict',
    message: `The folder "${folder}" already holds something, so the demo data set was not written there.`,
    safe: 'Nothing in it was changed.',
    next: 'Choose an empty folder.',
  });
}

function bad(reason: string): LabError {
  return new LabError({
    kind: 'bad-input',
    message: `The demo data set cannot be made: ${reason}.`,
    safe: 'Nothing was written.',
    next: 'Correct the number and try again.',
  });
}

function readme({ images, seed }: DemoOptions): string {
  const kinds = distortions
    .map(({ id, strengths }) => `  ${id}: ${strengths.join(', ')}`)
    .join('\n');
  return `SYNTHETIC demo data set of the IQA Robustness Lab

These ${images} pictures were drawn by a program, and their ratings were computed: no camera took
them and nobody has rated them. They are for trying the laboratory out. Do not report results
on them as results on photographs.

Seed ${seed}. The same seed and number of pictures give the same files on one machine.

images/      one undamaged picture per content ("pristine") and damaged versions of it
labels.csv   image, mos (0 to 100, higher is better), std (of 24 simulated raters),
             content (keep a content on one side of a split), distortion, level (1 to 5)

Distortions and their strengths at levels 1 to 5:
${kinds}
  (blur: deviation in pixels; noise: deviation in grey levels; jpeg: quality;
   colours: levels per channel; pixels: reduction factor)

A simulated rating is 88 less a loss that grows with the level, more or less by how much the
texture of the content hides the distortion, plus each rater's own mildness, reach and mood.
`;
}
