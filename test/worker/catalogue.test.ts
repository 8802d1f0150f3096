import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { Catalogue } from '@shared/domain/catalogue';
import { catalogue } from '../../src/worker/catalogue';
import { models } from '../../src/worker/models';

const sent = catalogue();

describe.each(sent.models)('what the lab is told of $id', (info) => {
  const def = models.find(info.id);
  const specs = [...info.trainer, ...info.nt];

  test('the paper’s values are those of this model, each beside a setting', () => {
    const { paper = {} } = def.recipe;
    for (const [id, value] of Object.entries(paper)) {
      const spec = specs.find((each) => each.id === id);
      expect(spec && 'paper' in spec ? spec.paper : undefined, id).toEqual(value);
    }
    if (Object.keys(paper).length === 0) return;
    // Another model's value beside this one's field would be a false statement.
    const own = new Set(def.recipe.settings?.map(({ id }) => id));
    const foreign = specs.filter(
      (spec) => 'paper' in spec && spec.paper && !paper[spec.id] && !own.has(spec.id),
    );
    expect(foreign.filter((spec) => !spec.when).map(({ id }) => id)).toEqual([]);
  });

  test('every preset names settings of this model only', () => {
    for (const preset of info.presets) {
      const known = new Set(info.trainer.map(({ id }) => id));
      expect(Object.keys(preset.trainer).filter((id) => !known.has(id))).toEqual([]);
      const nt = new Set(info.nt.map(({ id }) => id));
      expect(Object.keys(preset.nt).filter((id) => !nt.has(id))).toEqual([]);
    }
  });

  test('which output the norm watches, and when a line is fitted, is asked of mapped models only', () => {
    expect(info.nt.some(({ id }) => id === 'target')).toBe(def.mapped === true);
    expect(info.trainer.some(({ id }) => id === 'mapping')).toBe(def.mapped === true);
  });
});

test('the attacks of the paper come first, the lightest of them before all', () => {
  const ids = sent.attacks.map(({ id }) => id);
  expect(ids.slice(0, 4)).toEqual(['fgsm', 'perceptual', 'uap', 'kor']);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the catalogue is what the contract says', () => {
  expect(v.safeParse(Catalogue, sent).issues).toBeUndefined();
});
