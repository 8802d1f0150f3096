import type { Split } from '@shared/domain/dataset';
import type { Preflight } from '@shared/domain/preflight';
import type { Selection, TrainSpec } from '@shared/domain/run';
import type { LabErrorData } from '@shared/errors';
import { fromScratch, partsFromScratch } from '@shared/weights/initial';

export type Finding = Preflight['findings'][number];

const note = (message: string, next?: string): Finding => ({
  kind: 'note',
  error: { kind: 'bad-input', message, ...(next !== undefined && { next }) },
});

export const stop = (error: LabErrorData): Finding => ({ kind: 'stop', error });

/** What a person should know of settings that are allowed: about the split, the weights, the choice of epoch. */
export function notesOn(spec: TrainSpec, split: Split, selection: Selection): Finding[] {
  const { initial = fromScratch, modelId, modelParams } = spec;
  const missing = partsFromScratch({ modelId, modelParams }, initial);
  return [
    ...missing.map(({ name, entry }) =>
      note(
        `${name} starts from scratch although its authors start from ${entry.title}`,
        `${entry.fileNames[0] ?? entry.title} is published here: ${entry.page}.`,
      ),
    ),
    ...(split.counts.validation === 0
      ? [
          note(
            `the split ${split.name} has no validation pictures: the run is judged by its last epoch`,
            'Make a split with a validation share to judge by the best one.',
          ),
        ]
      : []),
    ...(selection === 'test'
      ? [note('the epoch is chosen on the test pictures, which flatters every result on them')]
      : []),
    ...(split.notes ?? []).map((text) => note(`the split ${split.name}: ${text}`)),
  ];
}
