import { read } from '@shared/params';
import type { DefenceDef } from './defence';
import { PurifiedScorer } from './purify/purified-scorer';

const defence: DefenceDef = {
  id: 'quantise',
  version: 1,
  title: 'Fewer colours',
  citation: 'colour quantisation in "Guardians of image quality", arXiv 2408.01541',
  summary: 'Rounds every channel to a few levels before the picture is scored.',
  gradient: 'straight-through',
  certifies: false,
  params: [
    {
      type: 'integer',
      id: 'levels',
      label: 'Levels',
      help: 'Values a channel can take, evenly spread from black to white.',
      level: 'paper',
      default: 16,
      min: 2,
      max: 255,
    },
  ],
  presets: [2, 5, 20, 25].map((levels) => ({
    id: `levels-${levels}`,
    title: `${levels} levels`,
    help: 'One of the five strengths of the comparison it is taken from.',
    params: { levels },
  })),
  guard(inner, params) {
    const steps = read.number(params, 'levels') - 1;
    return new PurifiedScorer(inner, {
      apply: ({ data, ...size }) => ({
        ...size,
        data: data.map((value) => Math.round(value * steps) / steps),
      }),
    });
  },
};

export default defence;
