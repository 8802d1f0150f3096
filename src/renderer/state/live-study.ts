import type { Dataset, Split } from '@shared/domain/dataset';
import type { EpochMetric, Pair, Run, StepMetric } from '@shared/domain/run';
import type { Study, StudyImage, StudyNorms } from '@shared/domain/study';

interface LiveInput {
  readonly run: Run;
  readonly steps?: readonly StepMetric[];
  readonly epochs?: readonly EpochMetric[];
  readonly images?: readonly StudyImage[];
  readonly norms?: StudyNorms | null;
}

/**
 * A study put together from what has arrived so far, so that live views draw with the same figures
 * that are exported later.
 */
export function liveStudy(
  pair: Pair | null,
  runs: readonly LiveInput[],
  context: {
    readonly dataset: Dataset;
    readonly split: Split;
    readonly modelTitle: string;
    readonly slot: number;
  },
): Study {
  return {
    selection: { runIds: runs.map(({ run }) => run.id), side: 'test' },
    pairs: pair ? [pair] : [],
    runs: runs.map(({ run, steps, epochs, images, norms }) => ({
      ...context,
      run,
      steps: [...(steps ?? [])],
      epochs: [...(epochs ?? [])],
      images: [...(images ?? [])],
      scores: null,
      attacks: [],
      norms: norms ?? null,
      warnings: [],
    })),
  };
}
