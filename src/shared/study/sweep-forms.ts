import type { FigureOptions, Study } from '../domain/study';
import { intensities, twinSweeps } from './sweeps';

/** A figure or table by its id. */
export interface SweepForm {
  readonly kind: 'figure' | 'table';
  readonly id: string;
}

const anyOptions: FigureOptions = { scored: 'float' };

/**
 * The figures and tables that show what varies among the runs and attacks of a study, the most telling
 * first: empty where nothing does.
 */
export function sweepForms(study: Study): SweepForm[] {
  const over = (id: 'lambda' | 'h'): boolean =>
    twinSweeps(study, id).some(({ twins }) => twins.length > 1);
  const series = study.pairs.flatMap((pair) => pair.series?.id ?? []);
  const repeated = new Set(series).size < series.length;
  const losses = new Set(
    study.runs.flatMap(({ attacks }) =>
      attacks.flatMap(({ spec }) => (spec.params['loss'] === undefined ? [] : spec.params['loss'])),
    ),
  );
  const strengths = intensities(study.runs, anyOptions).length;
  return [
    over('lambda') && figure('lambda-sweep'),
    over('h') && table('step-size'),
    strengths > 1 && figure('intensity'),
    losses.size > 1 && table('attack-loss'),
    repeated && table('repeats'),
  ].filter((form) => form !== false);
}

const figure = (id: string): SweepForm => ({ kind: 'figure', id });
const table = (id: string): SweepForm => ({ kind: 'table', id });
