import { canonical } from '@shared/canonical';
import type { StudyAttack } from '@shared/domain/study';
import { settingsThatCount } from '@shared/study/same-settings';

/** What tells two batches with one label apart, in the order it is looked for. */
const distinctions: readonly ((attack: StudyAttack) => string)[] = [
  ({ spec }) => `seed ${spec.seed}`,
  ({ spec }) =>
    Object.entries({ ...spec.run, ...spec.params })
      .map(([id, value]) => `${id} ${value}`)
      .join(', '),
  ({ spec }) => `version ${spec.attackVersion}`,
];

/**
 * Makes the labels of a study's attack batches distinct where their settings are, and only there:
 * batches that differ in nothing but the run keep one label, because that is what a figure compares.
 * Labels are completed in place.
 */
export function distinctLabels(attacks: StudyAttack[]): void {
  for (const distinguish of distinctions) {
    for (const group of groups(attacks)) {
      const marks = new Set(group.map(distinguish));
      if (new Set(group.map(settingsOf)).size < 2 || marks.size < 2) continue;
      for (const attack of group) attack.label = `${attack.label}, ${distinguish(attack)}`;
    }
  }
}

function groups(attacks: readonly StudyAttack[]): StudyAttack[][] {
  const byLabel = new Map<string, StudyAttack[]>();
  for (const attack of attacks) {
    const group = byLabel.get(attack.label);
    if (group) group.push(attack);
    else byLabel.set(attack.label, [attack]);
  }
  return [...byLabel.values()];
}

function settingsOf({ spec }: StudyAttack): string {
  return canonical(settingsThatCount(spec));
}
