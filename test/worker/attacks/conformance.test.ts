import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkValues, defaultValues, type ParamValues } from '../../../src/shared/params';
import { readsFiles } from '../../../src/shared/weights/attack-files';
import { attackInfo, attacks } from '../../../src/worker/attacks';
import type { AttackDef, Scorer } from '../../../src/worker/attacks/attack';
import { attackPicture } from '../../../src/worker/attacks/harness/attack-picture';
import { noiseControl } from '../../../src/worker/attacks/harness/controls';
import {
  attackRunParams,
  attackRunSettings,
  type AttackRunSettings,
} from '../../../src/worker/attacks/harness/settings';
import type { Target } from '../../../src/worker/attacks/harness/pieces';
import { withTinyFiles } from './tiny-files';
import { curvedModel, nothing, scorerOf, target, useCpuBackend, viewSize } from './toys';

beforeAll(useCpuBackend);

const units = ['crop', 'image'] as const;
const settings = (unit: 'crop' | 'image'): AttackRunSettings =>
  attackRunSettings(defaultValues(attackRunParams, { unit, viewsAtOnce: 2 }));

/** A search by queries must do all of this with few of them too. */
const fewQueries = 60;

/** Defaults and every preset: what people will actually run. */
function variants(attack: AttackDef): [string, ParamValues][] {
  const given: [string, ParamValues][] = [
    ['defaults', {}],
    ...attack.presets.map((preset): [string, ParamValues] => [preset.id, preset.params]),
  ];
  return given.map(([name, values]) => [name, short(attack, values)]);
}

function short(attack: AttackDef, values: ParamValues): ParamValues {
  const checked = checkValues(attack.id, attack.params, values);
  const { queries, steps } = checked;
  return {
    ...checked,
    ...(typeof queries === 'number' && { queries: Math.min(queries, fewQueries) }),
    // What holds after some steps holds after hundreds.
    ...(typeof steps === 'number' && { steps: Math.min(steps, 12) }),
  };
}

interface Call {
  readonly unit: 'crop' | 'image';
  readonly given?: Target;
  readonly scorer?: Scorer;
  readonly checkpoint?: () => Promise<void>;
}

/** One picture as a batch of its own, with a miniature of every file the attack reads. */
async function attackWith(attack: AttackDef, given: ParamValues, call: Call) {
  const { params, batch } = withTinyFiles(attack, given);
  const { unit, checkpoint = nothing } = call;
  const scorer = call.scorer ?? scorerOf(curvedModel(viewSize));
  const picture = call.given ?? target();
  try {
    const run = settings(unit);
    return await attackPicture(attack, params, run, scorer, picture, 7, checkpoint, batch);
  } finally {
    batch.dispose();
  }
}

function attackOnce(attack: AttackDef, params: ParamValues, unit: 'crop' | 'image', image = 1) {
  return attackWith(attack, params, { unit, given: target(image) });
}

for (const attack of attacks.all.values()) {
  describe(`the attack ${attack.id}`, () => {
    it('states defaults and presets that its own rules accept', () => {
      expect(attack.params.length).toBeGreaterThan(0);
      for (const [, params] of variants(attack)) expect(params).toBeTypeOf('object');
      expect(JSON.parse(JSON.stringify(attackInfo(attack)))).toEqual(attackInfo(attack));
    });

    for (const [name, params] of variants(attack)) {
      for (const unit of units) {
        it(`stays in its ball and in [0, 1] (${name}, ${unit})`, async () => {
          const { row, excess, saved } = await attackOnce(attack, params, unit);
          const ball = attack.budget(params);
          // One float32 rounding of x + eps, whose result is below 1: half a unit in 2^-23.
          if (ball) expect(row.linfFloat).toBeLessThanOrEqual(ball.epsilon + 2 ** -24);
          expect(excess).toBeLessThanOrEqual(2 ** -24);
          // Saving rounds by up to half a grey level; it may leave the ball by that much.
          expect(row.linfEightBit).toBeLessThanOrEqual(row.linfFloat + 0.5 / 255 + 2 ** -24);
          expect(saved.data).toHaveLength(saved.height * saved.width * 3);
        });

        it(`beats random noise of equal budget, unless it is a control (${name}, ${unit})`, async () => {
          const ball = attack.budget(params);
          // What comes from a file is as good as the file for this model: fits are judged on their own.
          if (!ball || attack.control || (attack.access === 'black-box' && readsFiles(attack)))
            return;
          const scorer = scorerOf(curvedModel(viewSize));
          let byAttack = 0;
          let byNoise = 0;
          for (const image of [1, 2, 3, 4]) {
            const { row } = await attackOnce(attack, params, unit, image);
            byAttack += (row.attackedFloat - row.clean) ** 2;
            byNoise +=
              (await noiseControl(scorer, target(image), settings(unit), ball.epsilon, 7)) ** 2;
          }
          expect(byAttack).toBeGreaterThan(byNoise);
        });

        it(`gives the same bytes for the same seed (${name}, ${unit})`, async () => {
          const first = await attackOnce(attack, params, unit);
          const second = await attackOnce(attack, params, unit);
          expect(second.saved.data).toEqual(first.saved.data);
          expect({ ...second.row, durationMs: 0 }).toEqual({ ...first.row, durationMs: 0 });
        });
      }
    }

    for (const unit of units) {
      it(`leaves the picture alone with epsilon 0 (${unit})`, async () => {
        if (!attack.params.some((spec) => spec.id === 'epsilon')) return;
        const params = short(attack, { epsilon: 0 });
        // An attack may use epsilon at some of its settings only.
        if (attack.budget(params)?.epsilon !== 0) return;
        const { row, saved } = await attackOnce(attack, params, unit);
        expect(row.attackedFloat).toBe(row.clean);
        expect(row.attackedEightBit).toBe(row.clean);
        expect(saved.data).toEqual(target().picture.data);
      });

      it(`does not depend on what was attacked before (${unit})`, async () => {
        const scorer = scorerOf(curvedModel(viewSize));
        const params = short(attack, {});
        const shared = withTinyFiles(attack, params);
        const one = (image: number) =>
          attackPicture(
            attack,
            shared.params,
            settings(unit),
            scorer,
            target(image),
            7,
            nothing,
            shared.batch,
          );
        await one(2);
        const after = await one(1);
        shared.batch.dispose();
        const alone = await attackOnce(attack, params, unit, 1);
        expect({ ...after.row, durationMs: 0 }).toEqual({ ...alone.row, durationMs: 0 });
      });

      it(`does not change its input and leaves no tensors behind (${unit})`, async () => {
        const given = target();
        const copy = Uint8Array.from(given.picture.data);
        const scorer = scorerOf(curvedModel(viewSize));
        const params = short(attack, {});
        const before = tf.memory().numTensors;
        await attackWith(attack, params, { unit, scorer, given });
        expect(tf.memory().numTensors - before).toBe(0);
        expect(given.picture.data).toEqual(copy);
      });
    }

    it('ends at once when the job is cancelled, leaving no tensors of its own', async () => {
      const scorer = scorerOf(curvedModel(viewSize));
      const params = short(attack, {});
      const cancel = () => Promise.reject(new Error('cancelled'));
      const before = tf.memory().numTensors;
      const call = attackWith(attack, params, { unit: 'crop', scorer, checkpoint: cancel });
      await expect(call).rejects.toThrow('cancelled');
      expect(tf.memory().numTensors - before).toBe(0);
    });
  });
}

describe('the registry of attacks', () => {
  it('answers a misspelled name with the nearest one', () => {
    expect(() => attacks.find('ifgsm')).toThrow('there is no attack "ifgsm"');
    expect(() => attacks.find('ifgsm')).toThrow(expect.objectContaining({ kind: 'not-found' }));
    expect(attacks.find('fgsm').title).toBe('FGSM');
  });
});
