import { beforeAll, describe, expect, it } from 'vitest';
import { defaultValues } from '@shared/params';
import fgsm from '../../../src/worker/attacks/fgsm';
import { attackPicture } from '../../../src/worker/attacks/harness/attack-picture';
import {
  attackRunParams,
  attackRunSettings,
  type AttackRunSettings,
} from '../../../src/worker/attacks/harness/settings';
import { openDefence } from '../../../src/worker/defences';
import { scoreDefended, scorePicture } from '../../../src/worker/runtime/score-picture';
import { curvedModel, nothing, scorerOf, target, useCpuBackend, viewSize } from '../attacks/toys';

beforeAll(useCpuBackend);

const quantise = openDefence({ id: 'quantise', version: 1, params: { levels: 5 } }, 9);
const blur = openDefence({ id: 'gaussian-blur', version: 1, params: { window: '5' } }, 9);

function run(unit: 'crop' | 'image', defence?: AttackRunSettings['defence']) {
  const settings = { ...attackRunSettings(defaultValues(attackRunParams, { unit })), defence };
  const params = defaultValues(fgsm.params, { epsilon: 0.03, stepSize: 0.03 });
  const scorer = scorerOf(curvedModel(viewSize));
  return attackPicture(fgsm, params, settings, scorer, target(), 7, nothing);
}

describe.each(['crop', 'image'] as const)('an attack on a defended model, unit %s', (unit) => {
  it('leaves the very same picture as without the defence where it does not adapt', async () => {
    const bare = await run(unit);
    const blind = await run(unit, { ...quantise, adaptive: false });
    expect(blind.saved.data).toEqual(bare.saved.data);
    // Only the judge is another: before and after are scores behind the defence.
    expect(blind.row.clean).not.toBe(bare.row.clean);
  });

  it('scores before and after behind the defence, as scoring alone does', async () => {
    const { row } = await run(unit, { ...blur, adaptive: true });
    const on = unit === 'image' ? 'picture' : 'views';
    const scorer = scorerOf(curvedModel(viewSize));
    const alone = await scoreDefended(scorer, target(), blur, on, nothing);
    expect(row.clean).toBe(alone.score);
    expect(row.clean).not.toBe(await scorePicture(scorer, target()));
  });

  it('does more where it adapts to a blur', async () => {
    const change = async (adaptive: boolean): Promise<number> => {
      const { row } = await run(unit, { ...blur, adaptive });
      return Math.abs(row.attackedFloat - row.clean);
    };
    expect(await change(true)).toBeGreaterThan(await change(false));
  });
});
