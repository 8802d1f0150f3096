import type { PaperValue } from './models';

/** Table 4: step h of DBCNN+NT, lambda 0.0005. Attacked: FGSM, before against after. */
export const paperSteps: readonly {
  readonly h: number;
  readonly cleanSrocc: PaperValue;
  readonly cleanRmse: PaperValue;
  readonly attackedSrocc: PaperValue;
  readonly attackedRmse: PaperValue;
}[] = [
  [0.001, 0.788, 16.099, 0.577, 7.356],
  [0.01, 0.856, 14.138, 0.2, 19.065],
  [0.1, 0.846, 12.417, -0.3832, 28.785],
  [1, 0.844, 14.809, -0.4406, 18.767],
].map(([h = 0, cleanSrocc = 0, cleanRmse = 0, attackedSrocc = 0, attackedRmse = 0]) => {
  const printed = (value: number): PaperValue => ({ value, source: 'Table 4' });
  const doubt = 'Table 1 prints 13.140 for the same DBCNN+NT (lambda 0.0005, h 0.01)';
  return {
    h,
    cleanSrocc: printed(cleanSrocc),
    cleanRmse: { ...printed(cleanRmse), ...(h === 0.01 && { doubt }) },
    // Table 3 has 0.227 between scores and 0.200 against MOS.
    attackedSrocc: {
      ...printed(attackedSrocc),
      ...(h === 0.01 && {
        doubt:
          'Table 3 prints 0.227 between scores before and after; 0.200 is its value against MOS',
      }),
    },
    attackedRmse: printed(attackedRmse),
  };
});

export type PaperLoss = 'mae' | 'mse' | 'mid';

/** Table S6: FGSM on DBCNN, epsilon 0.005, with three losses. */
export const paperLosses: Readonly<
  Record<
    PaperLoss,
    Readonly<
      Record<
        'mosAfter' | 'beforeAfter',
        {
          readonly rmse: number;
          readonly srocc: number;
          readonly plcc: number;
          readonly krocc: number;
        }
      >
    >
  >
> = {
  mae: {
    mosAfter: { rmse: 10.0734, srocc: 0.8994, plcc: 0.8844, krocc: 0.7177 },
    beforeAfter: { rmse: 13.0829, srocc: 0.754, plcc: 0.705, krocc: 0.6065 },
  },
  mse: {
    mosAfter: { rmse: 24.354, srocc: 0.2795, plcc: 0.2092, krocc: 0.2096 },
    beforeAfter: { rmse: 14.5819, srocc: 0.6351, plcc: 0.5886, krocc: 0.4689 },
  },
  mid: {
    mosAfter: { rmse: 36.758, srocc: -0.318, plcc: -0.383, krocc: -0.146 },
    beforeAfter: { rmse: 32.778, srocc: -0.333, plcc: -0.418, krocc: -0.071 },
  },
};

/** Table S11 as printed: mean difference +NT minus baseline, before against after; columns as in `paperModels`. */
export const paperImprovements = {
  rmse: {
    white: [-8.7595, -31.59, -23.0075, -4.4385],
    black: [-3.0215, -2.5635, -1.8895, -0.641],
    overall: [-5.8905, -17.0768, -12.4485, -2.5398],
  },
  srocc: {
    white: [0.48, 0.7465, 0.073, 0.225],
    black: [0.073, 0.028, 0.0165, 0.04],
    overall: [0.2765, 0.3873, 0.0448, 0.1325],
  },
} as const;
