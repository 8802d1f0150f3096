import { read, type ParamSpec } from '@shared/params';
import { openSurrogate, surrogateIds } from '../surrogates/open';
import type { AttackDef } from './attack';
import { maskedAdam } from './kor/masked-adam';

const learningRate: ParamSpec = {
  type: 'number',
  id: 'learningRate',
  label: 'Step (learning rate)',
  help: 'About how far a pixel moves in one step, in grey levels. Between 19 and 99 steps are taken.',
  level: 'paper',
  default: 0.2,
  min: 0,
  max: 25,
  unit: 'grey levels',
  paper: { value: 0.2, source: 'Table S7' },
};

const attack: AttackDef = {
  id: 'kor',
  version: 1,
  title: 'Kor.',
  citation: 'Korhonen & You, QoEVMA 2022',
  summary:
    'Raises the quality that a substitute model sees, mostly where the picture is busy. The model that is attacked is never looked into.',
  access: 'black-box',
  params: [
    {
      type: 'weights',
      id: 'substitute',
      label: 'Substitute model',
      help: 'The model the attack looks into: one that was fitted in this workspace, or a published one.',
      level: 'paper',
      default: '',
      accepts: [...surrogateIds],
    },
    learningRate,
    {
      type: 'choice',
      id: 'masks',
      label: 'What the map of busy places weighs',
      help: 'The released code weighs the gradient; Adam then evens most of it out, except where the map is nearly zero. Weighing the step makes it a map of strength.',
      level: 'guided',
      default: 'gradient',
      options: [
        { value: 'gradient', label: 'The gradient' },
        { value: 'update', label: 'The step' },
      ],
      paper: { value: 'gradient', source: 'released code' },
    },
  ],
  presets: [
    {
      id: 'paper',
      title: "The paper's setting",
      help: 'Steps of 0.2 grey levels.',
      params: { learningRate: 0.2 },
    },
    {
      id: 'authors-2',
      title: "The authors' 2",
      help: 'Steps of 2 grey levels; Korhonen and You also use 0.1, 0.5 and 5.',
      params: { learningRate: 2 },
    },
  ],
  budget: () => null,
  async run(x, params, context) {
    const open = () => openSurrogate(context.weights('substitute'));
    const surrogate = context.once('substitute', open);
    const settings = {
      learningRate: read.number(params, 'learningRate') / 255,
      map: 'squared',
      masks: read.string(params, 'masks') === 'update' ? 'update' : 'gradient',
      // The loop counts from 1 and ends at 20 and at 100.
      least: 19,
      most: 99,
      clipsEachStep: false,
      keepsLast: false,
    } as const;
    const quality = (at: typeof x) => Promise.resolve(surrogate.scoreAndGradient(at));
    return await maskedAdam(x, settings, quality, () => context.checkpoint());
  },
};

export default attack;
