import { bootstrap, isInterval } from './bootstrap';
import { cleanScaled, whyNoScale } from './clean-scale';
import { energyDistance, wasserstein } from './distribution-distance';
import { noInterval, type WithInterval } from './mean-interval';
import { at, type Measured, type Vector } from './measured';

const resamples = 1000;

/**
 * Wasserstein score of the MSU metrics-robustness benchmark (Antsiferova et al., AAAI 2024): W1
 * between the scores before and after, on the scale on which the clean ones run from 0 to 1, with
 * the sign of the mean change. Interval: percentile bootstrap over images (1000 resamples, seed 1),
 * the scale held at that of all images.
 *
 * @param before scores `[n]` before the attack, any scale
 * @param after scores `[n]` of the same images after it
 */
export function wassersteinScore(before: Vector, after: Vector): WithInterval {
  return signed(before, after, wasserstein);
}

/** Energy-distance score of the same benchmark; as `wassersteinScore`. */
export function energyScore(before: Vector, after: Vector): WithInterval {
  return signed(before, after, energyDistance);
}

function signed(
  before: Vector,
  after: Vector,
  distance: (x: Vector, y: Vector) => Measured,
): WithInterval {
  const scaled = cleanScaled(before, after);
  if (!scaled) return noInterval(whyNoScale(before));
  const { before: x, after: y } = scaled;
  const statistic = (positions: Uint32Array): Measured => {
    const [drawnX, drawnY] = [taken(x, positions), taken(y, positions)];
    const { value } = distance(drawnX, drawnY);
    return { value: Math.sign(sum(drawnY) - sum(drawnX)) * (value ?? 0) };
  };
  const result = bootstrap(x.length, statistic, { seed: 1, resamples });
  if (!isInterval(result)) return noInterval(result.reason);
  return { value: result.estimate, low: result.low, high: result.high };
}

function taken(x: Vector, positions: Uint32Array): Float64Array {
  return Float64Array.from(positions, (i) => at(x, i));
}

function sum(x: Float64Array): number {
  return x.reduce((total, value) => total + value, 0);
}
