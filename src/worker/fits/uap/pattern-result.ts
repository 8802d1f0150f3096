import type { Fitting } from '../fit';
import type { Size } from '../../data/views';
import type { UapSettings } from './params';

/** What every fit of a universal perturbation comes to. */
export const produces = { kind: 'pattern', id: 'uap-pattern' } as const;

/** Name of the pattern's one tensor: `[height, width, 3]` float32, in [0, 1] pixel units around zero. */
export const patternTensor = 'pattern';

export function patternResult(
  pattern: Float32Array,
  { height, width }: Size,
  { epsilon, direction }: UapSettings,
): ReturnType<Fitting['result']> {
  const way = direction === 1 ? 'raises' : 'lowers';
  return {
    title: `Universal perturbation, ${width} x ${height}, ${way} scores`,
    tensors: new Map([[patternTensor, { shape: [height, width, 3], data: pattern }]]),
    settings: { epsilon, direction },
  };
}
