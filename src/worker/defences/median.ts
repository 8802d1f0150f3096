import { read } from '@shared/params';
import type { Picture } from '../fidelity/picture';
import type { DefenceDef } from './defence';
import { mirrored } from './purify/axis';
import { PurifiedScorer } from './purify/purified-scorer';

/** The middle value of a side x side window, channel by channel; borders mirrored. */
export function medianFiltered({ height, width, data }: Picture, side: number): Picture {
  const reach = (side - 1) / 2;
  const rows = Array.from({ length: height + 2 * reach }, (_, i) => mirrored(i - reach, height));
  const columns = Array.from({ length: width + 2 * reach }, (_, i) => mirrored(i - reach, width));
  const out = new Float32Array(data.length);
  const seen = new Float32Array(side * side);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        let k = 0;
        for (let dy = 0; dy < side; dy++) {
          const row = (rows[y + dy] as number) * width;
          for (let dx = 0; dx < side; dx++) {
            seen[k++] = data[(row + (columns[x + dx] as number)) * 3 + c] as number;
          }
        }
        out[(y * width + x) * 3 + c] = seen.sort()[(seen.length - 1) / 2] as number;
      }
    }
  }
  return { height, width, data: out };
}

const defence: DefenceDef = {
  id: 'median',
  version: 1,
  title: 'Median filter',
  citation: 'as in "Guardians of image quality", arXiv 2408.01541',
  summary: 'Replaces every value by the middle one around it before the picture is scored.',
  gradient: 'straight-through',
  certifies: false,
  params: [
    {
      type: 'choice',
      id: 'window',
      label: 'Window',
      help: 'Side of the window in pixels.',
      level: 'paper',
      default: '3',
      options: ['3', '5', '7', '9', '11'].map((value) => ({ value, label: value })),
    },
  ],
  presets: [],
  guard(inner, params) {
    const side = Number(read.string(params, 'window'));
    return new PurifiedScorer(inner, { apply: (picture) => medianFiltered(picture, side) });
  },
};

export default defence;
