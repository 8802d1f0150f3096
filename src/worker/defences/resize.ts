import { type ParamValues, read } from '@shared/params';
import type { DefenceDef } from './defence';
import { separably, transposed, type AxisOperator } from './purify/axis';
import { PurifiedScorer } from './purify/purified-scorer';
import type { Purifier } from './purify/purifier';

/** Shrinks by a factor and brings back to size, both bilinear with half-pixel centres and no smoothing before. */
export function downAndBack(params: Readonly<ParamValues>): Purifier {
  const scale = read.number(params, 'scale');
  const small = (length: number): number => Math.max(1, Math.round(scale * length));
  return {
    apply(picture) {
      const [h, w] = [small(picture.height), small(picture.width)];
      const less = separably(picture, bilinear(picture.height, h), bilinear(picture.width, w));
      return separably(less, bilinear(h, picture.height), bilinear(w, picture.width));
    },
    pull(slope) {
      const [h, w] = [small(slope.height), small(slope.width)];
      const less = separably(
        slope,
        transposed(bilinear(h, slope.height)),
        transposed(bilinear(w, slope.width)),
      );
      return separably(
        less,
        transposed(bilinear(slope.height, h)),
        transposed(bilinear(slope.width, w)),
      );
    },
  };
}

/** Output i lies at (i + 1/2) from / to - 1/2 of the input, between its two neighbours, ends held. */
function bilinear(from: number, to: number): AxisOperator {
  const rows = Array.from({ length: to }, (_, i) => {
    const place = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const below = Math.floor(place);
    const share = place - below;
    return share === 0
      ? [{ at: below, weight: 1 }]
      : [
          { at: below, weight: 1 - share },
          { at: below + 1, weight: share },
        ];
  });
  return { from, rows };
}

const defence: DefenceDef = {
  id: 'resize',
  version: 1,
  title: 'Resize down and back',
  citation: '"upscale" in "Guardians of image quality", arXiv 2408.01541',
  summary: 'Shrinks the picture and brings it back to its size before it is scored.',
  gradient: 'exact',
  certifies: false,
  params: [
    {
      type: 'number',
      id: 'scale',
      label: 'Scale',
      help: 'Side of the small picture, as a share of the side.',
      level: 'paper',
      default: 0.5,
      min: 0.05,
      max: 1,
    },
  ],
  presets: [0.1, 0.25, 0.75, 0.9].map((scale) => ({
    id: `scale-${100 * scale}`,
    title: `${100 * scale} %`,
    help: `One of the five strengths of the comparison it is taken from.`,
    params: { scale },
  })),
  guard: (inner, params) => new PurifiedScorer(inner, downAndBack(params)),
};

export default defence;
