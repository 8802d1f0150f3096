import * as tf from '@tensorflow/tfjs-core';
import type { NormRow } from '@shared/domain/results';
import { type ParamSpec, checkValues, read } from '@shared/params';
import type { NormsPayload } from '@shared/worker-protocol';
import { meanScore } from '../../attacks/harness/mean-score';
import { cutPieces } from '../../attacks/harness/pieces';
import { gradientNorms } from '../../training/gradient-norm';
import type { Job } from '../job';
import { runBatch } from './batch';

/** Settings of a gradient-norm job (the catalogue's `norms`). */
export const normsParams: readonly ParamSpec[] = [
  {
    type: 'number',
    id: 'h',
    label: 'Step of the estimate (h)',
    help: 'The estimate is the change of score over a step of this length along the sign of the gradient. The exact norm does not depend on it.',
    level: 'paper',
    default: 0.01,
    min: 1e-6,
    max: 1,
    scale: 'log',
    paper: { value: 0.01, source: 'section 5.1' },
  },
  {
    type: 'choice',
    id: 'space',
    label: 'Space of the norm',
    help: 'In pixels the norm says how fast the score can change per unit of pixel value, the unit attacks are stated in. The released code steps in the normalised input of the model instead.',
    level: 'guided',
    default: 'pixel',
    options: [
      { value: 'pixel', label: 'Pixels, 0 to 1' },
      { value: 'normalised', label: "The model's normalised input" },
    ],
  },
  {
    type: 'integer',
    id: 'viewsAtOnce',
    label: 'Views at once',
    help: 'Most views given to the model in one go. More needs more memory.',
    level: 'expert',
    default: 128,
    min: 1,
    max: 4096,
  },
];

/**
 * Measures the l1 norm of the score's gradient of every view, exactly and by the finite difference
 * that NT trains with, and averages over the views of each picture.
 */
export async function norms(payload: NormsPayload, job: Job): Promise<null> {
  const values = checkValues('gradient norms', normsParams, payload.params);
  const space = read.string(values, 'space') === 'normalised' ? 'normalised' : 'pixel';
  const options = { h: read.number(values, 'h'), space } as const;
  const cut = {
    unit: 'crop',
    keepImages: false,
    viewsAtOnce: read.number(values, 'viewsAtOnce'),
  } as const;
  await runBatch<NormRow>(payload, job, (run) => ({
    phase: 'measuring gradients',
    post: (rows) => job.post({ type: 'norms', rows }),
    each: async (sitter) => {
      const exact: number[] = [];
      const estimate: number[] = [];
      for (const { count, height, width, data } of cutPieces(sitter, cut, 0)) {
        await job.control.checkpoint();
        const x = tf.tensor4d(data, [count, height, width, 3]);
        const scale = run.labScale.scale;
        const norms = gradientNorms(run.model, x, { ...options, scale });
        x.dispose();
        exact.push(...norms.exactL1);
        estimate.push(...norms.estimate);
      }
      return { row: normRow(sitter.imageId, exact, estimate) };
    },
  }));
  return null;
}

function normRow(imageId: number, exact: readonly number[], estimate: readonly number[]): NormRow {
  const [measured, estimated] = [meanScore(exact), meanScore(estimate)];
  return {
    imageId,
    exact: measured,
    estimate: estimated,
    relativeError: measured === 0 ? null : Math.abs(estimated - measured) / measured,
    views: exact.length,
  };
}
