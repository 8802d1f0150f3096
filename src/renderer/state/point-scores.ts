import type { AttackRow } from '@shared/domain/results';
import { runTwinName } from '@shared/twin';
import type { FigureOptions, Study, StudyAttack } from '@shared/domain/study';

/** Everything stored about one picture as one run sees it; null where nothing is. */
export interface PointScores {
  readonly runName: string;
  readonly regime: 'baseline' | 'nt';
  /** What a twin's training adds: "+NT". */
  readonly twin: string;
  readonly imageName: string;
  readonly mos: number;
  readonly before: number | null;
  readonly after: number | null;
  readonly attack: StudyAttack | null;
  readonly row: AttackRow | null;
  readonly norm: number | null;
}

/** Joins a picture's scores, its attack and its gradient norm in one run of a study. */
export function scoresOf(
  study: Study,
  point: { readonly runId: number; readonly imageId: number },
  options: FigureOptions,
): PointScores | null {
  const run = study.runs.find((candidate) => candidate.run.id === point.runId);
  const image = run?.images.find((candidate) => candidate.id === point.imageId);
  if (!run || !image) return null;
  const attack =
    run.attacks.find((candidate) => candidate.label === options.attack) ?? run.attacks[0] ?? null;
  const row = attack?.rows.find((candidate) => candidate.imageId === point.imageId) ?? null;
  const clean = run.scores?.rows.find((candidate) => candidate.imageId === point.imageId);
  const norm = run.norms?.rows.find((candidate) => candidate.imageId === point.imageId);
  return {
    runName: run.run.name,
    regime: run.run.regime,
    twin: runTwinName(run.run),
    imageName: image.name,
    mos: image.mos,
    before: row?.clean ?? clean?.score ?? null,
    after: row ? (options.scored === 'float' ? row.attackedFloat : row.attackedEightBit) : null,
    attack,
    row,
    norm: norm?.exact ?? null,
  };
}
