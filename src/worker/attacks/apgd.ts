import { read } from '@shared/params';
import type { AttackDef } from './attack';
import { autoPgd } from './gradient/auto-pgd';

const attack: AttackDef = {
  id: 'apgd',
  version: 1,
  title: 'Auto-PGD',
  citation:
    'Croce & Hein, ICML 2020; on a quality score, with the constants of Chistyakova et al., 2024',
  summary:
    'Many sign steps with momentum that shorten by themselves and return to the best point: the strongest gradient attack here.',
  access: 'white-box',
  params: [
    {
      type: 'number',
      id: 'epsilon',
      label: 'Largest change of a pixel (epsilon)',
      help: 'No pixel value may move further than this from the original picture.',
      level: 'paper',
      default: 0.005,
      min: 0,
      max: 1,
      unit: 'pixel',
    },
    {
      type: 'integer',
      id: 'steps',
      label: 'Steps',
      help: 'Gradient steps of every start.',
      level: 'paper',
      default: 20,
      min: 1,
      max: 1000,
    },
    {
      type: 'integer',
      id: 'restarts',
      label: 'Starts',
      help: 'How often it begins anew at another random point; each picture keeps its best.',
      level: 'guided',
      default: 1,
      min: 1,
      max: 100,
    },
    {
      type: 'choice',
      id: 'loss',
      label: 'Which way the score is driven',
      help: 'One loss per picture, never mixed over a batch. Both ways costs twice as much and keeps the larger change of what is attacked: best with whole pictures, since views attacked on their own may go opposite ways, which cancel in their mean.',
      level: 'guided',
      default: 'mid',
      options: [
        { value: 'mid', label: 'Away from its half (mid)', help: 'Eq. S18: up if f <= 50.' },
        { value: 'both', label: 'Both ways, the larger change' },
        { value: 'up', label: 'Up' },
        { value: 'down', label: 'Down' },
      ],
    },
    {
      type: 'choice',
      id: 'start',
      label: 'Starting point',
      help: 'Auto-PGD begins at a random point within epsilon. With the picture itself, only the first start does; the others stay random.',
      level: 'guided',
      default: 'random',
      options: [
        { value: 'random', label: 'Random within epsilon' },
        { value: 'picture', label: 'The unchanged picture' },
      ],
    },
    {
      type: 'number',
      id: 'firstStep',
      label: 'First step, as a multiple of epsilon',
      help: 'The publication begins with 2, its port to quality models with 1.',
      level: 'expert',
      default: 1,
      min: 0.01,
      max: 4,
    },
  ],
  presets: [
    {
      id: 'strong',
      title: '100 steps, both ways',
      help: 'A long search up and down from one random start, epsilon 0.005. Meant for whole pictures.',
      params: { epsilon: 0.005, steps: 100, restarts: 1, loss: 'both' },
    },
    {
      id: 'at-test',
      title: 'Epsilon 4 grey levels, 20 steps',
      help: 'The middle of the strengths that adversarial training of quality models is tested with.',
      params: { epsilon: 4 / 255, steps: 20, restarts: 1, loss: 'mid' },
    },
  ],
  budget: (params) => ({ norm: 'linf', epsilon: read.number(params, 'epsilon') }),
  run: (x, params, context) => {
    const loss = read.string(params, 'loss');
    return autoPgd(
      x,
      {
        epsilon: read.number(params, 'epsilon'),
        steps: read.number(params, 'steps'),
        restarts: read.number(params, 'restarts'),
        loss: loss === 'both' || loss === 'up' || loss === 'down' ? loss : 'mid',
        fromPicture: read.string(params, 'start') === 'picture',
        firstStep: read.number(params, 'firstStep'),
      },
      context,
    );
  },
};

export default attack;
