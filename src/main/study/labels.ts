import { canonical } from '@shared/canonical';
import type { StudyAttack } from '@shared/domain/study';
import type { ParamValues } from '@shared/params';
import { settingsThatCount } from '@shared/study/same-settings';

/** What tells two batches with one label apart, in the order it is looked for. */
const distinctions: readonly ((
  group: readonly StudyAttack[],
) => (attack: StudyAttack) => string)[] = [
  () =>
    ({ spec }) =>
      `seed ${spec.seed}`,
  differingSettings,
  () =>
    ({ spec }) =>
      `version ${spec.attackVersion}`,
];

/**
 * Makes the labels of a study's attack batches distinct where their settings are, and only there:
 * batches that differ in nothing but the run keep one label, because that is what a figure compares.
 * Labels are completed in place.
 */
export function distinctLabels(attacks: StudyAttack[]): void {
  for (const distinguish of distinctions) {
    for (const group of groups(attacks)) {
      if (new Set(group.map(settingsOf)).size < 2) continue;
      const markOf = distinguish(group);
      if (new Set(group.map(markOf)).size < 2) continue;
      for (const attack of group) attack.label = `${attack.label}, ${markOf(attack)}`;
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

/** The settings in which a group's batches differ, and only those. */
function differingSettings(group: readonly StudyAttack[]): (attack: StudyAttack) => string {
  const settings = ({ spec }: StudyAttack): ParamValues => {
    const { run, params } = settingsThatCount(spec);
    return { ...run, ...params };
  };
  const all = group.map(settings);
  const ids = [...new Set(all.flatMap(Object.keys))].filter(
    (id) => new Set(all.map((values) => values[id])).size > 1,
  );
  return (attack) => ids.map((id) => `${id} ${settings(attack)[id] ?? 'not set'}`).join(', ');
}

function settingsOf({ spec }: StudyAttack): string {
  return canonical(settingsThatCount(spec));
}
