import type { FigureOptions, Study, StudyAttack, StudyRun } from '../../domain/study';
import { attackOf, chosenAttack, chosenPair, type StudyPair } from '../../study/select';

/** What a figure of one pair under one attack draws. */
export interface AttackedPair<Part> {
  readonly pair: StudyPair;
  /** Label of the attack. */
  readonly attack: string;
  /** Per run of the pair, in its order. */
  readonly parts: readonly Part[];
}

/**
 * The pair and the attack a figure was asked to draw, with what it makes of every run's batch; null in an empty study.
 *
 * @param of what is drawn of a run; its batch is null where it was not attacked so
 */
export function attackedPair<Part>(
  study: Study,
  options: FigureOptions,
  of: (run: StudyRun, batch: StudyAttack | null) => Part,
): AttackedPair<Part> | null {
  const pair = chosenPair(study, options);
  if (!pair) return null;
  const attack = chosenAttack(pair.runs, options);
  const parts = pair.runs.map((run) => of(run, attackOf(run, attack)));
  return { pair, attack: attack ?? 'the attack', parts };
}
