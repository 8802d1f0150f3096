import { type ParamValues, read } from '@shared/params';
import type { DefenceDef } from './defence';
import { mirrored, separably, transposed, type AxisOperator } from './purify/axis';
import { PurifiedScorer } from './purify/purified-scorer';
import type { Purifier } from './purify/purifier';

/** Blurs with a Gaussian window of odd side k and deviation 0.3 ((k - 1) / 2 - 1) + 0.8, OpenCV's rule; borders mirrored. */
export function gaussianBlur(params: Readonly<ParamValues>): Purifier {
  const weights = window(read.number(params, 'side'));
  return {
    apply: (picture) =>
      separably(picture, blurring(picture.height, weights), blurring(picture.width, weights)),
    pull: (slope) =>
      separably(
        slope,
        transposed(blurring(slope.height, weights)),
        transposed(blurring(slope.width, weights)),
      ),
  };
}

function window(side: number): number[] {
  const deviation = 0.3 * ((side - 1) / 2 - 1) + 0.8;
  const raw = Array.from({ length: side }, (_, i) =>
    Math.exp(-((i - (side - 1) / 2) ** 2) / (2 * deviation ** 2)),
  );
  const sum = raw.reduce((total, value) => total + value, 0);
  return raw.map((value) => value / sum);
}

function blurring(length: number, weights: readonly number[]): AxisOperator {
  const reach = (weights.length - 1) / 2;
  const rows = Array.from({ length }, (_, i) =>
    weights.map((weight, k) => ({ at: mirrored(i + k - reach, length), weight })),
  );
  return { from: length, rows };
}

const defence: DefenceDef = {
  id: 'gaussian-blur',
  version: 1,
  title: 'Gaussian blur',
  citation: 'as in "Guardians of image quality", arXiv 2408.01541',
  summary: 'Blurs the picture a little before it is scored.',
  gradient: 'exact',
  certifies: false,
  params: [
    {
      type: 'choice',
      id: 'window',
      label: 'Window',
      help: 'Side of the window in pixels. Its deviation follows from it, 0.8 for 3.',
      level: 'paper',
      default: '3',
      options: ['3', '5', '7', '9', '11'].map((value) => ({ value, label: value })),
    },
  ],
  presets: [],
  guard: (inner, params) =>
    new PurifiedScorer(inner, gaussianBlur({ side: Number(read.string(params, 'window')) })),
};

export default defence;
