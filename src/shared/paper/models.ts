/**
 * The paper's models and attacks under the lab's ids: what its numbers can stand beside.
 * Liu et al., "Defense Against Adversarial Attacks on No-Reference Image Quality Models with Gradient
 * Norm Regularization", CVPR 2024.
 */
export const paperModels = ['hyperiqa', 'dbcnn', 'linearityiqa', 'maniqa'] as const;
export type PaperModel = (typeof paperModels)[number];

export const paperAttacks = ['fgsm', 'perceptual', 'uap', 'kor'] as const;
export type PaperAttack = (typeof paperAttacks)[number];

/** Black-box attacks carry an asterisk in the paper's tables. */
export const paperAccess: Readonly<Record<PaperAttack, 'white-box' | 'black-box'>> = {
  fgsm: 'white-box',
  perceptual: 'white-box',
  uap: 'black-box',
  kor: 'black-box',
};

export type PaperMetric = 'rmse' | 'srocc' | 'plcc' | 'krocc' | 'r';
export type PaperBlock = 'clean' | 'mosAfter' | 'beforeAfter';

/** A number as printed. */
export interface PaperValue {
  readonly value: number;
  /** "Table 2" */
  readonly source: string;
  /** Why the printed number is probably wrong, or not what it seems; absent where nothing speaks against it. */
  readonly doubt?: string;
}

/** One row of a table: baseline and +NT of the four models in the order of `paperModels`. */
export type PaperRow = readonly [
  readonly [base: number, twin: number],
  readonly [base: number, twin: number],
  readonly [base: number, twin: number],
  readonly [base: number, twin: number],
];

/** One measure under every attack. */
export type PaperByAttack = Readonly<Record<PaperAttack, PaperRow>>;
