import { LabError } from '@shared/errors';
import type { FigureOptions, Study } from '@shared/domain/study';
import type { Missing } from '@shared/study/missing';

/** What figures and tables have in common here. */
interface Made {
  readonly title: string;
  needs(study: Study, options: FigureOptions): Missing[];
}

const maker = {
  train: 'Train the pair first.',
  evaluate: 'Score the clean images first (evaluate).',
  attack: 'Run the attack on both twins first.',
  norms: 'Measure the gradient norms of both twins first.',
} as const;

/** @throws LabError `not-found` when the figure or table lacks an ingredient */
export function refuseIfMissing(def: Made, study: Study, options: FigureOptions): void {
  const [first, ...others] = def.needs(study, options);
  if (!first) return;
  throw new LabError({
    kind: 'not-found',
    message: `"${def.title}" cannot be made yet: ${first.reason}`,
    safe: 'Nothing was written.',
    next: maker[first.action],
    details: { missing: [first, ...others] },
  });
}
