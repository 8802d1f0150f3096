import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { decodeImage } from '@imaging/decode';
import type { WeightFacts } from '@shared/domain/weights';
import { LabError } from '@shared/errors';
import { patternTensor, produces } from '../fits/uap/pattern-result';
import type { Tensor } from '../weights/safetensors';

/** Zero of a pattern that is published as a picture. */
const ZERO = 0.5;
/** The strongest published pattern reaches 0.1; a photograph reaches nearly 0.5. */
const LARGEST = 0.25;

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether a file begins as a PNG does; false where it cannot be read, for its reader to say why. */
export async function isPng(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return bytesRead === 8 && PNG.every((byte, i) => buffer[i] === byte);
  } finally {
    await file.close();
  }
}

/**
 * A universal perturbation as its authors publish it: a picture whose grey level v stands for v / 255 - 0.5 (Shumitskaya
 * et al., BMVC 2022).
 *
 * @returns `pattern`, `[height, width, 3]` in [0, 1] pixel units around zero
 * @throws LabError `unsupported` where it is a photograph, or what decoding throws
 */
export async function readPatternPicture(path: string): Promise<Map<string, Tensor>> {
  const { height, width, data } = await decodeImage(path);
  const pattern = Float32Array.from(data, (grey) => grey / 255 - ZERO);
  if (largest(pattern) > LARGEST) {
    throw new LabError({
      kind: 'unsupported',
      message: `${basename(path)} is a picture, but no pattern for attacks: those stay close to middle grey`,
      safe: 'Nothing was added and the file was not changed.',
      next: 'Pictures to be rated are imported as a data set.',
    });
  }
  return new Map([[patternTensor, { shape: [height, width, 3], data: pattern }]]);
}

/** What the inventory says of such a picture. */
export function patternFacts(tensors: ReadonlyMap<string, Tensor>): WeightFacts {
  const { shape, data } = tensors.get(patternTensor) as Tensor;
  const [height = 0, width = 0] = shape;
  const levels = (largest(data) * 255).toFixed(1);
  return {
    format: 'PNG picture',
    ...produces,
    variant: '',
    title: `Universal perturbation, ${width} x ${height}`,
    tensors: 1,
    values: data.length,
    notes: [
      `A picture whose grey level stands for the change of a pixel: 127.5 is none. Its largest change is ${levels} grey levels; an attack scales it to the strength asked for.`,
    ],
  };
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
