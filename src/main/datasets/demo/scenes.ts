import { random } from '@shared/random';
import type { RgbImage } from '@imaging/image';
import { toLevel } from './colour';
import { Noise } from './noise';
import type { Scene } from './scene';

const modules = import.meta.glob<Scene>('./scenes/*.ts', { eager: true, import: 'default' });

/** Every kind of scene, by file name. */
export const scenes: readonly Scene[] = Object.keys(modules)
  .sort()
  .map((file) => {
    const scene = modules[file];
    if (scene && file.endsWith(`/${scene.id}.ts`)) return scene;
    throw new Error(`scene file "${file}" does not hold the scene of its name`);
  });

/** Sizes in the spirit of photographs: landscape and nearly square. */
const sizes = [
  [192, 144],
  [176, 144],
  [192, 128],
  [160, 144],
] as const;

/** Points per pixel and direction: 2 x 2 points make edges as soft as a lens does. */
const POINTS = 2;

/**
 * Renders one content: which scene, how it is lit and arranged follow from the seed and its number alone.
 *
 * @param content 0-based; contents beyond the number of scene kinds are other arrangements of the same kinds
 * @returns the picture, and its name such as "mountains-02"
 */
export function renderContent(seed: number, content: number): { name: string; image: RgbImage } {
  const scene = scenes[content % scenes.length];
  if (!scene) throw new Error('there are no scenes');
  const stream = random(seed, `demo/scene/${scene.id}`, 0, content);
  const [width, height] = sizes[stream.integer(sizes.length)] ?? sizes[0];
  const shade = scene.compose(stream, new Noise(stream), width / height);
  const data = new Uint8Array(width * height * 3);
  const step = 1 / (height * POINTS);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      let [red, green, blue] = [0, 0, 0];
      for (let j = 0; j < POINTS; j++) {
        for (let i = 0; i < POINTS; i++) {
          const light = shade((x * POINTS + i + 0.5) * step, (y * POINTS + j + 0.5) * step);
          // Levels are averaged, not light: a bright glint in a corner must not bleach the whole pixel.
          red += toLevel(light[0]);
          green += toLevel(light[1]);
          blue += toLevel(light[2]);
        }
      }
      data[to] = Math.round(red / (POINTS * POINTS));
      data[to + 1] = Math.round(green / (POINTS * POINTS));
      data[to + 2] = Math.round(blue / (POINTS * POINTS));
    }
  }
  const number = String(Math.floor(content / scenes.length) + 1).padStart(2, '0');
  return { name: `${scene.id}-${number}`, image: { width, height, data } };
}
