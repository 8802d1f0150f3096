import type { ParamSpec, ParamValues } from '@shared/params';

/** Where training stands when a step is about to be taken. */
export interface SchedulePosition {
  /** Optimiser steps taken so far. */
  readonly step: number;
  /** 0-based. */
  readonly epoch: number;
  readonly totalSteps: number;
}

/** How the learning rate develops: a factor on every group's own rate, a function of the position alone. */
export interface ScheduleDef {
  /** The file's stem. */
  readonly id: string;
  readonly title: string;
  readonly help: string;
  readonly params: readonly ParamSpec[];
  factor(position: SchedulePosition, values: Readonly<ParamValues>): number;
}
