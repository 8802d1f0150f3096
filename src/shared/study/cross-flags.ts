import { canonical } from '../canonical';
import type { Warning } from '../domain/run';
import type { StudyAttack } from '../domain/study';
import { settingsThatCount } from './same-settings';

/**
 * Doubts that show only when attacks on one run are laid side by side (after the flags of Croce &
 * Hein's AutoAttack, 2020): an attack that sees the model's gradient should do better than one that
 * does not, and a larger budget should not do worse. Each code has a paragraph in docs/warnings.md.
 */
const enoughImages = 8;
/** A budget is not larger by float rounding, nor a change by a hundredth. */
const budgetSlack = 1.001;
const changeSlack = 0.99;

/** Settings of which more should not help less. */
const strengths = ['epsilon', 'steps'] as const;

/** The attacks of one run, each with what the others say about it added to its warnings. */
export function withCrossFlags(attacks: readonly StudyAttack[]): StudyAttack[] {
  return attacks.map((own) => {
    const found = attacks.flatMap((other) => {
      if (other === own) return [];
      const compared = compare(own, other);
      return compared ? (flag(own, other, compared) ?? []) : [];
    });
    return found.length === 0 ? own : { ...own, warnings: [...own.warnings, ...found] };
  });
}

/** Changes of score on the images both have attacked, lab scale, root mean square. */
interface Compared {
  readonly images: number;
  readonly own: number;
  readonly other: number;
  readonly ownLinf: number;
  readonly otherLinf: number;
}

function compare(own: StudyAttack, other: StudyAttack): Compared | null {
  if (own.spec.run['unit'] !== other.spec.run['unit']) return null;
  // Behind a defence the score is another function.
  if (canonical(own.spec.defence ?? null) !== canonical(other.spec.defence ?? null)) return null;
  const byImage = new Map(other.rows.map((row) => [row.imageId, row]));
  const sums = { own: 0, other: 0, ownLinf: 0, otherLinf: 0 };
  let images = 0;
  for (const row of own.rows) {
    const twin = byImage.get(row.imageId);
    if (!twin) continue;
    images++;
    sums.own += (row.attackedFloat - row.clean) ** 2;
    sums.other += (twin.attackedFloat - twin.clean) ** 2;
    sums.ownLinf = Math.max(sums.ownLinf, row.linfFloat);
    sums.otherLinf = Math.max(sums.otherLinf, twin.linfFloat);
  }
  if (images < enoughImages) return null;
  const rms = (sum: number): number => Math.sqrt(sum / images);
  return { ...sums, images, own: rms(sums.own), other: rms(sums.other) };
}

function flag(own: StudyAttack, other: StudyAttack, compared: Compared): Warning | null {
  const { images } = compared;
  const numbers = `RMSE ${compared.other.toFixed(2)} against ${compared.own.toFixed(2)} on ${images} pictures`;
  const weaker = compared.own < changeSlack * compared.other;
  const noLargerBudget = compared.otherLinf <= budgetSlack * compared.ownLinf;
  if (weaker && noLargerBudget && own.access === 'white-box' && other.access === 'black-box') {
    return {
      code: 'black-box-stronger',
      message: `${other.label}, which sees no gradient and moves pixels no further, changed the scores more: ${numbers}.`,
    };
  }
  const differing = differingParams(own, other);
  if (!differing) return null;
  if (weaker && differing.length === 1 && differing[0] === 'start') {
    if (other.spec.params['start'] !== 'random') return null;
    return {
      code: 'random-start-stronger',
      message: `The same attack from a random start changed the scores more: ${numbers}.`,
    };
  }
  const [setting] = differing;
  const strength = strengths.find((id) => id === setting);
  if (!weaker || differing.length !== 1 || !strength) return null;
  const [mine, theirs] = [own.spec.params[strength], other.spec.params[strength]];
  if (typeof mine !== 'number' || typeof theirs !== 'number' || mine <= theirs) return null;
  return {
    code: 'more-does-not-help',
    message: `${strength} ${mine} changed the scores less than ${strength} ${theirs}, all else equal: RMSE ${compared.own.toFixed(2)} against ${compared.other.toFixed(2)} on ${images} pictures.`,
  };
}

/** Parameters in which two runs of one attack differ; null where anything else does. */
function differingParams(own: StudyAttack, other: StudyAttack): string[] | null {
  const [a, b] = [settingsThatCount(own.spec), settingsThatCount(other.spec)];
  if (canonical({ ...a, params: null, seed: 0 }) !== canonical({ ...b, params: null, seed: 0 })) {
    return null;
  }
  const ids = [...new Set([...Object.keys(a.params), ...Object.keys(b.params)])];
  return ids.filter((id) => canonical(a.params[id] ?? null) !== canonical(b.params[id] ?? null));
}
