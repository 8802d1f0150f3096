import type { Run, TrainSpec } from './domain/run';

/** What a pair's twin can add to its baseline's training. */
export const twinKinds = ['nt', 'at', 'nt+at'] as const;
export type TwinKind = (typeof twinKinds)[number];

/** What a training adds to the plain one; null for a baseline. */
export function twinKind({ nt, at }: Pick<TrainSpec, 'nt' | 'at'>): TwinKind | null {
  if (nt && at) return 'nt+at';
  return nt ? 'nt' : at ? 'at' : null;
}

/** "+NT", "+AT" (adversarial training) or "+NT+AT", as figures and tables mark a twin; empty for a baseline. */
export function kindName(kind: TwinKind | null): string {
  return kind === null ? '' : `+${kind.toUpperCase()}`;
}

/** The same of a training. */
export function twinName(spec: Pick<TrainSpec, 'nt' | 'at'>): string {
  return kindName(twinKind(spec));
}

/** What a run's training adds: weights that came from elsewhere as a twin are said to be trained with NT. */
export function runTwin({ regime, spec }: Pick<Run, 'regime' | 'spec'>): TwinKind | null {
  return twinKind(spec) ?? (regime === 'nt' ? 'nt' : null);
}

/** As `twinName`, of a run. */
export function runTwinName(run: Pick<Run, 'regime' | 'spec'>): string {
  return kindName(runTwin(run));
}
