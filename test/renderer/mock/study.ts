import { must } from '@shared/errors';
import type { DatasetImage } from '@shared/domain/dataset';
import type { AttackSpec, NormsSpec } from '@shared/domain/run';
import type { Study, StudySelection } from '@shared/domain/study';
import { toLab } from '@shared/lab-scale';
import * as data from './data';

/** Everything "stored" about a selection, put together as the host does. */
export function study(selection: StudySelection, pictures: readonly DatasetImage[]): Study {
  const runs = data.runs.filter((run) => selection.runIds.includes(run.id));
  const dataset = must(data.datasets[0], 'a data set');
  const split = must(data.splits[0], 'a split');
  return {
    selection,
    pairs: data.pairs.filter((pair) => selection.runIds.includes(pair.baselineRunId)),
    runs: runs.map((run) => {
      const attack = data.jobs.find(
        (job) => job.kind === 'attack' && job.runId === run.id && job.state === 'done',
      );
      const norms = data.jobs.find((job) => job.kind === 'norms' && job.runId === run.id);
      const evaluated = data.jobs.find((job) => job.kind === 'evaluate' && job.runId === run.id);
      return {
        run,
        dataset,
        split,
        modelTitle: 'CNNIQA',
        slot: 0,
        images: pictures.map((image) => ({
          id: image.id,
          name: image.name,
          mos: toLab(image.score, 'mos', split.scoreMin, split.scoreMax),
          rawScore: image.score,
        })),
        scores: evaluated
          ? { jobId: evaluated.id, complete: true, rows: data.scoreRows(run.id, pictures) }
          : null,
        attacks: attack
          ? [
              {
                jobId: attack.id,
                spec: attack.spec as AttackSpec,
                title: 'FGSM',
                label: 'FGSM, ε 0.005',
                access: 'white-box' as const,
                complete: true,
                rows: data.attackRows(run.id, pictures),
                warnings: [],
              },
            ]
          : [],
        norms: norms
          ? {
              jobId: norms.id,
              spec: norms.spec as NormsSpec,
              complete: true,
              rows: data.normRows(run.id, pictures),
            }
          : null,
        epochs: data.epochs(run.id, run.epochsDone),
        steps: data.steps(run.id, 0, run.epochsDone * 58),
        warnings: [],
      };
    }),
  };
}
