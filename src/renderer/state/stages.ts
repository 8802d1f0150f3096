import type { JobKind } from '@shared/domain/run';

/** The stages in the order of the method; the rail, their keys and the palette follow it. */
export const stages = [
  { id: 'data', key: '1', title: 'Data' },
  { id: 'split', key: '2', title: 'Split' },
  { id: 'train', key: '3', title: 'Train' },
  { id: 'bench', key: 'b', title: 'Bench' },
  { id: 'attack', key: '4', title: 'Attack' },
  { id: 'norms', key: '5', title: 'Norms' },
  { id: 'compare', key: '6', title: 'Compare' },
  { id: 'tables', key: '7', title: 'Tables' },
] as const;

export type MethodStage = (typeof stages)[number]['id'];
/** Beside the method: what computes, and what pretrained weights there are. */
export const sideStages = [
  { id: 'weights', title: 'Weights' },
  { id: 'engine', title: 'Engine' },
] as const;
export type SideStage = (typeof sideStages)[number]['id'];

export type StageId = 'home' | SideStage | MethodStage;

export function isStage(text: string): text is StageId {
  return text === 'home' || [...sideStages, ...stages].some((stage) => stage.id === text);
}

/** `empty`: something must come first; `ready`: can be used; `stale`: new results are not shown yet. */
export type Mark = 'empty' | 'ready' | 'running' | 'stale' | 'done';

export interface Progress {
  readonly datasets: number;
  readonly splits: number;
  readonly pairs: number;
  /** Runs whose training has ended well. */
  readonly trainedRuns: number;
  readonly attacksDone: number;
  readonly normsDone: number;
  readonly running: ReadonlySet<JobKind>;
  readonly stale: boolean;
}

/** State mark of each stage from how far the work has come. */
export function stageMarks(progress: Progress): Readonly<Record<MethodStage, Mark>> {
  const trained = progress.trainedRuns > 0;
  const step = (running: boolean, done: boolean, possible: boolean): Mark => {
    if (running) return 'running';
    if (done) return 'done';
    return possible ? 'ready' : 'empty';
  };
  const results: Mark = progress.stale ? 'stale' : trained ? 'ready' : 'empty';
  return {
    data: step(false, progress.datasets > 0, true),
    split: step(false, progress.splits > 0, progress.datasets > 0),
    train: step(progress.running.has('train'), trained, progress.splits > 0),
    bench: trained ? 'ready' : 'empty',
    attack: step(progress.running.has('attack'), progress.attacksDone > 0, trained),
    norms: step(progress.running.has('norms'), progress.normsDone > 0, trained),
    compare: results,
    tables: results,
  };
}

export const markWords: Readonly<Record<Mark, string>> = {
  empty: 'waits for an earlier stage',
  ready: 'ready',
  running: 'running',
  stale: 'new results not shown yet',
  done: 'done',
};
