import { read } from '@shared/params';
import type { AttackDef } from './attack';
import { directedLoss, directionParam } from './gradient/params';
import { squareSearch } from './search/square-search';

const attack: AttackDef = {
  id: 'square',
  version: 1,
  title: 'Square attack',
  citation:
    'Andriushchenko et al., ECCV 2020; on a quality score as by Ran et al., arXiv 2402.17533',
  summary:
    'Tries coloured squares at random places and keeps those that help. It sees scores only, never a gradient.',
  access: 'black-box',
  params: [
    {
      type: 'number',
      id: 'epsilon',
      label: 'Largest change of a pixel (epsilon)',
      help: 'Every pixel value moves by exactly this much, up or down, unless it meets black or white.',
      level: 'paper',
      default: 0.005,
      min: 0,
      max: 1,
      unit: 'pixel',
    },
    {
      type: 'integer',
      id: 'queries',
      label: 'Queries',
      help: 'How often the score is asked for, per picture or view.',
      level: 'paper',
      default: 500,
      min: 1,
      max: 100_000,
    },
    {
      type: 'number',
      id: 'share',
      label: 'First size of a square, as a share of the picture (p)',
      help: 'Squares shrink as the search goes on: p is halved at nine fixed parts of the queries.',
      level: 'guided',
      default: 0.8,
      min: 0.0001,
      max: 1,
    },
    {
      type: 'integer',
      id: 'squares',
      label: 'Squares per query',
      help: 'How many squares are changed at once.',
      level: 'guided',
      default: 1,
      min: 1,
      max: 100,
    },
    directionParam,
  ],
  presets: [
    {
      id: 'bi-directional',
      title: 'Bi-directional black-box attack',
      help: 'Ran et al.: 10,000 queries, 3 grey levels, two squares of 4 % at once. Slow.',
      params: { epsilon: 3 / 255, queries: 10_000, share: 0.04, squares: 2, loss: 'mid' },
    },
  ],
  budget: (params) => ({ norm: 'linf', epsilon: read.number(params, 'epsilon') }),
  run: (x, params, context) =>
    squareSearch(
      x,
      {
        epsilon: read.number(params, 'epsilon'),
        queries: read.number(params, 'queries'),
        share: read.number(params, 'share'),
        squares: read.number(params, 'squares'),
        loss: directedLoss(params),
      },
      context,
    ),
};

export default attack;
