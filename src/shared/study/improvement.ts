import { mean } from '../stats/quantiles';
import { undefinedBecause, type Measured } from '../stats/measured';

/** One attack's measure on a baseline and on its twin. */
export interface AttackedTwins {
  readonly blackBox: boolean;
  /** Null where it was not measured or is undefined. */
  readonly base: number | null;
  readonly twin: number | null;
}

export interface Improvement {
  readonly white: Measured;
  readonly black: Measured;
  readonly overall: Measured;
}

/**
 * Mean difference, twin minus baseline, over the white-box attacks, the black-box ones, and all of
 * them: the paper's section S12.2 and Table S11. Attacks that either twin lacks are left out.
 */
export function improvement(attacks: readonly AttackedTwins[]): Improvement {
  const over = (some: readonly AttackedTwins[]): Measured => {
    const differences = some.flatMap(({ base, twin }) =>
      base === null || twin === null ? [] : [twin - base],
    );
    return differences.length === 0
      ? undefinedBecause('no such attack on both')
      : mean(differences);
  };
  return {
    white: over(attacks.filter(({ blackBox }) => !blackBox)),
    black: over(attacks.filter(({ blackBox }) => blackBox)),
    overall: over(attacks),
  };
}
