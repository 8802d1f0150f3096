import type { Lab } from '../../src/main/lab';
import type { Pair } from '../../src/shared/domain/run';
import { fakeLoss } from './fake-worker';
import type { Seeded } from './workspace';
import { draftOf, trainJobs } from './workspace';

/** Resolves once a run has stored at least this many steps. */
export function stepsOf(lab: Lab, atLeast: number): Promise<void> {
  return new Promise((resolve) => {
    const end = lab.on('run.steps', ({ steps }) => {
      if ((steps.at(-1)?.step ?? 0) < atLeast) return;
      end();
      resolve();
    });
  });
}

/** Creates a pair; gives its training jobs and its runs, baseline first. */
export async function startPair(
  lab: Lab,
  seeded: Seeded,
  epochs = 3,
): Promise<{ pair: Pair; baseline: number; twin: number; runIds: number[] }> {
  const pair = await lab.call('pair.create', { draft: draftOf(seeded, { trainer: { epochs } }) });
  const [baseline, twin] = await trainJobs(lab, pair);
  return { pair, baseline, twin, runIds: [pair.baselineRunId, pair.ntRunId] };
}

/** Quality losses of a run as stored, in step order. */
export const storedLosses = async (lab: Lab, id: number): Promise<number[]> => {
  const { steps } = await lab.call('run.steps', { id, afterStep: 0, maxPoints: 1000 });
  return steps.map((step) => step.qualityLoss);
};

/** What the fake worker computes for the first steps of any run. */
export const losses = (steps: number): number[] =>
  Array.from({ length: steps }, (_, index) => fakeLoss(index + 1));
