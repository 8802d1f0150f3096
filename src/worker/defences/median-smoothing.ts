import { certifiedMedian } from '@shared/stats/median-certificate';
import { type ParamValues, read } from '@shared/params';
import type { DefenceDef } from './defence';
import { SmoothedScorer, type Smoothing } from './smoothing/smoothed-scorer';

function smoothing(params: Readonly<ParamValues>, seed: number): Smoothing {
  return {
    draws: read.number(params, 'draws'),
    sigma: read.number(params, 'sigma'),
    gradientDraws: read.number(params, 'gradientDraws'),
    seed,
  };
}

const defence: DefenceDef = {
  id: 'median-smoothing',
  version: 1,
  title: 'Median smoothing',
  citation: 'Chiang et al., NeurIPS 2020; for quality models arXiv 2411.12575',
  summary:
    'Scores many noisy copies and takes the middle score, with bounds that no small perturbation can break.',
  gradient: 'expectation',
  certifies: true,
  params: [
    {
      type: 'integer',
      id: 'draws',
      label: 'Noisy copies (n)',
      help: 'More copies give narrower bounds. With 1000 the bounds are nearly those of infinitely many; a few dozen are a preview, and too few give none.',
      level: 'paper',
      default: 100,
      min: 1,
      max: 100_000,
    },
    {
      type: 'number',
      id: 'sigma',
      label: 'Deviation of the noise (sigma)',
      help: 'More noise widens the radius for which bounds are useful, and makes scores worse.',
      level: 'paper',
      default: 0.12,
      min: 0.0001,
      max: 1,
      unit: 'pixel',
    },
    {
      type: 'number',
      id: 'radius',
      label: 'Certified radius (l2)',
      help: 'Root of the summed squares of all changed values of the picture, each from 0 to 1. A change of one grey level everywhere in a picture of 500 x 500 has length 3.4.',
      level: 'paper',
      default: 0.05,
      min: 0.000001,
      max: 100,
    },
    {
      type: 'number',
      id: 'confidence',
      label: 'Confidence',
      help: 'Probability that both bounds of a picture hold, over the draws of the noise.',
      level: 'guided',
      default: 0.999,
      min: 0.5,
      max: 0.999999,
    },
    {
      type: 'integer',
      id: 'gradientDraws',
      label: 'Copies whose gradients an attack sees',
      help: 'An adaptive attack follows the mean gradient of this many copies.',
      level: 'guided',
      default: 20,
      min: 1,
      max: 1000,
    },
  ],
  presets: [
    {
      id: 'certified',
      title: 'As published: 1000 copies',
      help: 'Noise 0.12, radius 0.05, confidence 0.999. Scoring takes a thousand times as long.',
      params: { draws: 1000, sigma: 0.12, radius: 0.05, confidence: 0.999 },
    },
    {
      id: 'preview',
      title: 'Preview: 20 copies',
      help: 'Fast; the bounds are wide, because 20 copies say little about the tails.',
      params: { draws: 20, sigma: 0.12, radius: 0.05, confidence: 0.999 },
    },
  ],
  guard: (inner, params, seed) => new SmoothedScorer(inner, smoothing(params, seed)),
  async certify(inner, x, params, seed, checkpoint) {
    const scorer = new SmoothedScorer(inner, smoothing(params, seed));
    const [draws = new Float32Array(0)] = await scorer.draws(x, checkpoint);
    const { median, low, high } = certifiedMedian(draws, {
      sigma: read.number(params, 'sigma'),
      radius: read.number(params, 'radius'),
      confidence: read.number(params, 'confidence'),
    });
    return { score: median, certified: low === null || high === null ? null : { low, high } };
  },
};

export default defence;
