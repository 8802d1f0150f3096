import type { Catalogue } from '@shared/domain/catalogue';
import type { Job } from '@shared/domain/run';
import type { RpcClient } from '@shared/rpc';
import type { Experiment } from './schema';

/** Whether a step had to be done or was found done in the workspace. */
export type Outcome = 'done' | 'reused' | 'continued';

/** What the runner tells while it works. */
export interface Narrator {
  /** A step is settled: what it is and how it was come by. */
  step(outcome: Outcome, text: string): void;
  importing(progress: { done: number; total: number; phase: string }): void;
}

/** What every step needs. Only the contract is used: the runner is one more client of the lab. */
export interface Context {
  readonly lab: RpcClient;
  readonly plan: Experiment;
  readonly catalogue: Catalogue;
  readonly narrator: Narrator;
  /** Files of the fits made so far, by the name the experiment gives them. */
  readonly fitted: Map<string, string>;
  /** Folder that paths in the file are relative to. */
  readonly baseDir: string;
  wait(jobIds: readonly number[]): Promise<Job[]>;
}
