import type { JobGroup } from '../../../src/shared/domain/group';
import type { Job } from '../../../src/shared/domain/run';
import type { Args, Method, Result } from '../../../src/shared/rpc';
import { combinations, draftAt } from '../../../src/shared/sweep/combine';

type GroupMethod = Extract<Method, `group.${string}` | `grid.${string}` | `sweep.${string}`>;
type GroupAnswers = { [M in GroupMethod]: (args: Args<M>) => Result<M> };

/** One grid over the attacks of the made-up study. */
export function groupAnswers(jobs: readonly Job[]): GroupAnswers {
  const attacks = jobs.filter(({ kind }) => kind === 'attack');
  const group: JobGroup = {
    id: 1,
    kind: 'attack-grid',
    name: '2 attacks on 2 runs, test pictures',
    unit: 'images',
    members: attacks.map(({ id }) => ({ jobId: id, units: 232 })),
    createdAtMs: 0,
  };
  const answer = (): JobGroup => group;
  return {
    'grid.plan': ({ attacks: chosen, runIds }) => ({
      cells: chosen.flatMap(({ attackId }, attack) =>
        runIds.map((runId) => ({
          runId,
          attack,
          label: attackId,
          images: 232,
          done: 0,
          jobId: null,
          estimateMs: attackId === 'fgsm' ? 9500 : null,
        })),
      ),
    }),
    'grid.start': answer,
    'sweep.plan': ({ draft, axes, measures }) => {
      const points = combinations(axes);
      const measured = measures.attacks.length + (measures.evaluate ? 1 : 0);
      const labels = ['Training', ...Array.from({ length: measured }, () => 'FGSM')];
      return {
        pairs: points.length,
        // One baseline for all, as of a sweep of lambda; its training exists already.
        jobs: [[], ...points].flatMap((point, run) =>
          labels.map((label, i) => ({
            kind: i === 0 ? ('train' as const) : ('attack' as const),
            regime: run === 0 ? ('baseline' as const) : ('nt' as const),
            label,
            runName: draftAt(draft, point).name,
            jobId: run + i === 0 ? 1 : null,
            done: run + i === 0,
            estimateMs: run + i === 0 ? 0 : 95_000,
          })),
        ),
      };
    },
    'sweep.start': answer,
    'group.list': () => [group],
    'group.get': answer,
    'group.numbers': () =>
      attacks.map(({ id, state }) => ({
        jobId: id,
        images: state === 'done' ? 232 : 93,
        rmse: id % 2 === 0 ? 6.1 : 22.4,
        meanChange: id % 2 === 0 ? 5.2 : 20.9,
        ssimShare: 1,
      })),
    'group.pause': answer,
    'group.resume': answer,
    'group.stop': answer,
    'group.cancel': answer,
  };
}
