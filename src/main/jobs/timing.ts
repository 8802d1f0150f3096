/** Times of the job machinery, in milliseconds; tests shorten them. */
export interface JobTiming {
  /** How often progress and heartbeat are written. */
  readonly writeMs: number;
  /** How often the disk and the worker's signs of life are looked at. */
  readonly watchMs: number;
  /** Silence after which the worker counts as hung: one step may block it for a long while. */
  readonly hangMs: number;
  /** How long a job may take to stop before its worker is killed. */
  readonly graceMs: number;
  /** How long closing the lab waits for the same. */
  readonly closeGraceMs: number;
  /** Until something that failed for lack of space is tried again. */
  readonly retryMs: number;
}

export const defaultTiming: JobTiming = {
  writeMs: 2000,
  watchMs: 10_000,
  hangMs: 900_000,
  graceMs: 60_000,
  closeGraceMs: 30_000,
  retryMs: 15_000,
};
