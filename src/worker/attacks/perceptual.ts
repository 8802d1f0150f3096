import type { AttackDef } from './attack';
import { perceptualNeeds, perceptualParams, perceptualSettings } from './perceptual/params';
import { perceptualAttack } from './perceptual/run';

/** What the paper's Table S7 and the released code have in common. */
const common = { constraint: 'ssim', lambda: 1e6, stepSize: 0.005, steps: 200 } as const;

const attack: AttackDef = {
  id: 'perceptual',
  version: 1,
  title: 'Perceptual attack',
  citation: 'Zhang, Li, Min, Zhai, Guo, Yang & Ma, NeurIPS 2022',
  summary:
    'Pushes the score away from where it was while a measure of likeness holds the picture close to the original.',
  access: 'white-box',
  params: [...perceptualParams],
  needs: [...perceptualNeeds],
  presets: [
    {
      id: 'as-published-code',
      title: 'As the published code',
      help: 'Two corners stay, a new Adam at every step, scores in the unit of the model.',
      params: { ...common, mask: 'corners', optimizer: 'fresh', units: 'native' },
    },
    {
      id: 'as-described',
      title: 'As described',
      help: 'No pixel stays, one Adam for all steps, scores from 0 to 100.',
      params: { ...common, mask: 'none', optimizer: 'kept', units: 'lab' },
    },
    {
      id: 'msu-ssim',
      title: 'MSU benchmark, SSIM',
      help: 'Another attack under the same name: raises the score in ten steps of one Adam. Choose LPIPS or DISTS as the likeness for its other forms.',
      params: {
        objective: 'raise',
        constraint: 'ssim',
        lambda: 1,
        stepSize: 0.005,
        steps: 10,
        mask: 'none',
        optimizer: 'kept',
      },
    },
    {
      id: 'msu-dists',
      title: 'MSU benchmark, DISTS',
      help: 'The same with DISTS, which needs its weight files.',
      params: {
        objective: 'raise',
        constraint: 'dists',
        lambda: 1,
        stepSize: 0.005,
        steps: 10,
        mask: 'none',
        optimizer: 'kept',
      },
    },
  ],
  budget: (params) => {
    const { epsilon } = perceptualSettings(params);
    return epsilon === null ? null : { norm: 'linf', epsilon };
  },
  run: (x, params, context) => perceptualAttack(x, perceptualSettings(params), context),
};

export default attack;
