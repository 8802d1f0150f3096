import { canonical } from '../canonical';
import { adaptiveText, defenceSuffix, defenceText } from '../defence-text';
import type { StudyAttack, StudyRun } from '../domain/study';

/** One attack under one defence, as every run of a study may have it. */
export interface DefendedAttack {
  /** The attack without its defence: "FGSM, epsilon 0.005". */
  readonly attack: string;
  /** "none", or "JPEG, quality 50". */
  readonly defence: string;
  /** "adaptive", "non-adaptive", or a dash where there is no defence. */
  readonly knows: string;
  /** Label of the batch. */
  readonly label: string;
}

/**
 * Attacks that were made at least once behind a defence, grouped: each without a defence first, then every defence with
 * the adaptive and the non-adaptive attack apart. Two batches belong together where they differ in the defence alone.
 */
export function defendedAttacks(runs: readonly StudyRun[]): DefendedAttack[] {
  const groups = new Map<string, Map<string, DefendedAttack>>();
  for (const batch of runs.flatMap(({ attacks }) => attacks)) {
    const key = withoutDefence(batch);
    const group = groups.get(key) ?? new Map<string, DefendedAttack>();
    groups.set(key, group);
    const { defence } = batch.spec;
    group.set(batch.label, {
      attack: batch.label.replace(defenceSuffix(defence), ''),
      defence: defence ? defenceText(defence) : 'none',
      knows: defence ? adaptiveText(defence) : '\u2013',
      label: batch.label,
    });
  }
  return [...groups.values()]
    .map((group) => [...group.values()])
    .filter((group) => group.some(({ defence }) => defence !== 'none'))
    .flatMap((group) =>
      group.sort((a, b) => Number(b.defence === 'none') - Number(a.defence === 'none')),
    );
}

function withoutDefence({ spec }: StudyAttack): string {
  return canonical({ ...spec, runId: undefined, defence: undefined, traces: undefined });
}
