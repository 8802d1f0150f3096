import type { FigureOptions, Study, StudyRun } from '@shared/domain/study';
import { same } from '@shared/canonical';
import { chosenPair } from '@shared/study/select';
import type { Made } from './made';

/** What can be measured of a run: parts that an export may do without. */
const parts = ['attacks', 'norms', 'defended', 'scores'] as const;
type Part = (typeof parts)[number];

export interface Scope {
  /** The part of the study that the export is made of. */
  readonly study: Study;
  readonly content: ReturnType<Made['content']>;
}

/**
 * The part of a study that an export is made of: only the pair and the attack it draws, where it draws
 * one, and of what was measured only what was looked at while its numbers were made. Making it again
 * then costs no more than it must.
 */
export function scopeOf(made: Made, study: Study, options: FigureOptions): Scope {
  const looked = new Set<Part>();
  const content = made.content(watched(study, looked), options);
  const narrow = made.kind === 'figure' ? narrowed(made, study, options) : study;
  // Numbers that a smaller study does not give show that more was part of them.
  const enough = narrow === study || same(made.content(narrow, options).numbers, content.numbers);
  const runs = (enough ? narrow : study).runs.map((run) => without(run, looked));
  const ids = runs.map(({ run }) => run.id);
  return {
    content,
    study: {
      selection: { ...study.selection, runIds: ids },
      pairs: study.pairs.filter(({ ntRunId, baselineRunId }) =>
        [ntRunId, baselineRunId].some((id) => ids.includes(id)),
      ),
      runs,
    },
  };
}

/** The study with the one pair and the one attack that are drawn. */
function narrowed(made: Made, study: Study, options: FigureOptions): Study {
  const one = made.choices.includes('pairId') ? chosenPair(study, options) : null;
  const runs = one ? study.runs.filter((run) => one.runs.includes(run)) : study.runs;
  if (options.attack === undefined || !made.choices.includes('attack'))
    return one ? { ...study, runs } : study;
  return {
    ...study,
    runs: runs.map((run) => ({
      ...run,
      attacks: run.attacks.filter(({ label }) => label === options.attack),
    })),
  };
}

/** The same study; whoever reads a part of a run leaves a note of it. */
function watched(study: Study, looked: Set<Part>): Study {
  const runs = study.runs.map((run) => {
    const seen = { ...run };
    for (const part of parts) {
      Object.defineProperty(seen, part, {
        enumerable: true,
        get: () => {
          looked.add(part);
          return run[part];
        },
      });
    }
    return seen;
  });
  return { ...study, runs };
}

function without(run: StudyRun, looked: ReadonlySet<Part>): StudyRun {
  return {
    ...run,
    attacks: looked.has('attacks') ? run.attacks : [],
    norms: looked.has('norms') ? run.norms : null,
    defended: looked.has('defended') ? run.defended : [],
    scores: looked.has('scores') ? run.scores : null,
  };
}
