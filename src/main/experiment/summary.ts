import type { Study, StudyAttack, StudyRun } from '@shared/domain/study';
import { runTwin, type TwinKind } from '@shared/twin';
import { attackMeasures, cleanMeasures, normMeasures } from '@shared/study/measures';

/** What one twin came to. Scores are lab scale; null where a number is undefined or not measured. */
export interface TwinSummary {
  /** Weights from elsewhere, never trained here; absent otherwise. */
  readonly imported?: true;
  /** What its training adds: `baseline`, `nt`, `at` or `nt+at`. */
  readonly regime: TwinKind | 'baseline';
  readonly run: string;
  readonly weightsSha256: string | null;
  readonly engine: string | null;
  readonly images: number;
  readonly clean: {
    readonly srocc: number | null;
    readonly plcc: number | null;
    readonly krocc: number | null;
    readonly rmse: number | null;
  } | null;
  readonly attacks: readonly AttackSummary[];
  /** Mean over images of the l1 norm of the score's gradient, score points per [0, 1] pixel. */
  readonly gradientNorm: { readonly mean: number | null; readonly images: number } | null;
}

export interface AttackSummary {
  readonly attack: string;
  /** Scores of the float adversarial image, against those before the attack. */
  readonly beforeAfter: { readonly rmse: number | null; readonly srocc: number | null };
  /** R robustness with log10; changes below 1e-6 count as 1e-6 and are counted here. */
  readonly r: number | null;
  readonly rFloored: number;
  readonly images: number;
}

/** The numbers of every run of a study, for a summary a program reads. */
export function summarise(study: Study): TwinSummary[] {
  return study.runs.map((entry) => ({
    ...(entry.run.spec.imported && { imported: true as const }),
    regime: runTwin(entry.run) ?? 'baseline',
    run: entry.run.name,
    weightsSha256: entry.run.weightsSha256,
    engine: entry.run.engine,
    images: entry.images.length,
    clean: cleanOf(entry),
    attacks: entry.attacks.map((attack) => attackOf(entry, attack)),
    gradientNorm: entry.norms && normOf(entry),
  }));
}

function cleanOf(entry: StudyRun): TwinSummary['clean'] {
  if (!entry.scores) return null;
  const { srocc, plcc, krocc, rmse } = cleanMeasures(entry);
  return { srocc: srocc.value, plcc: plcc.value, krocc: krocc.value, rmse: rmse.value };
}

function normOf(entry: StudyRun): TwinSummary['gradientNorm'] {
  const { n, mean } = normMeasures(entry);
  return { mean: mean.value, images: n };
}

function attackOf(entry: StudyRun, attack: StudyAttack): AttackSummary {
  const { n, beforeAfter, r } = attackMeasures(entry, attack, 'float');
  return {
    attack: attack.label,
    beforeAfter: { rmse: beforeAfter.rmse.value, srocc: beforeAfter.srocc.value },
    r: r.r.value,
    rFloored: r.floored,
    images: n,
  };
}

/** The two or more runs side by side, one row each, for a terminal. */
export function summaryRows(twins: readonly TwinSummary[]): {
  headers: string[];
  rows: string[][];
} {
  const attacks = twins[0]?.attacks.map(({ attack }) => attack) ?? [];
  const headers = [
    'twin',
    'SROCC',
    'PLCC',
    'KROCC',
    'RMSE',
    ...attacks.flatMap((attack) => [`${attack}: RMSE`, 'SROCC', 'R']),
    'mean gradient norm',
  ];
  // One pair is told apart by its regimes; several need their names.
  const nameOf = ({ regime, run, imported }: TwinSummary): string => {
    if (twins.length > 2) return run;
    const name = regime === 'baseline' ? regime : `+${regime.toUpperCase()}`;
    return imported ? `${name}, imported` : name;
  };
  const rows = twins.map((twin) => {
    const { clean, attacks: attacked, gradientNorm } = twin;
    return [
      nameOf(twin),
      decimal(clean?.srocc, 3),
      decimal(clean?.plcc, 3),
      decimal(clean?.krocc, 3),
      decimal(clean?.rmse, 2),
      ...attacked.flatMap(({ beforeAfter, r }) => [
        decimal(beforeAfter.rmse, 2),
        decimal(beforeAfter.srocc, 3),
        decimal(r, 3),
      ]),
      decimal(gradientNorm?.mean, 0),
    ];
  });
  return { headers, rows };
}

function decimal(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? '-' : value.toFixed(digits);
}
