import { readFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { checkValues, defaultValues, type ParamValues } from '../../../src/shared/params';
import { attacks } from '../../../src/worker/attacks';
import { AttackBatch } from '../../../src/worker/attacks/harness/attack-batch';
import { attackPicture } from '../../../src/worker/attacks/harness/attack-picture';
import { noiseControl } from '../../../src/worker/attacks/harness/controls';
import { attackRunParams, attackRunSettings } from '../../../src/worker/attacks/harness/settings';
import { fits } from '../../../src/worker/fits';
import { openNeeded } from '../../../src/worker/runtime/open-weights';
import { TrainedRun } from '../../../src/worker/runtime/trained-run';
import { eachEngine } from '../../helpers/engines';
import { useTempDir } from '../../helpers/temp-dir';
import { nothing } from '../attacks/toys';
import { fitSetting, runFit, runPayload, type FitSetting } from './fit-job';

const inTemp = useTempDir();
let setting: FitSetting;

eachEngine('what was fitted on a model', (engine) => {
  beforeAll(async () => {
    setting = await fitSetting(inTemp);
  });

  const cases: [string, string, ParamValues, ParamValues][] = [
    ['uap-optimised', 'uap', { epochs: 10, batchSize: 1 }, { pattern: '0'.repeat(64) }],
    ['facpa-generator', 'facpa', { epochs: 20 }, { generator: '0'.repeat(64) }],
  ];
  for (const [fitId, attackId, more, chosen] of cases) {
    it(`raises its scores more than noise of equal budget does (${fitId})`, async () => {
      const params = { ...fits.find(fitId).miniature, ...more };
      const name = `${engine}-${fitId}-effect`;
      const { fit } = await runFit(setting, { fitId, params, name, onModel: true });
      const need = Object.keys(chosen)[0] ?? '';
      const { path = '', sha256 = '' } = fit ?? {};
      const batch = new AttackBatch(await openNeeded([{ need, path, sha256, label: fitId }]));
      const attack = attacks.find(attackId);
      const values = checkValues(attackId, attack.params, chosen);
      const run = await TrainedRun.open(runPayload(setting));
      const settings = attackRunSettings(defaultValues(attackRunParams, { unit: 'image' }));
      const scorer = run.scorer();
      let [byAttack, byNoise] = [0, 0];
      for (const image of setting.images) {
        const sitter = await run.sitter(image);
        const { row } = await attackPicture(
          attack,
          values,
          settings,
          scorer,
          sitter,
          7,
          nothing,
          batch,
        );
        byAttack += row.attackedFloat - row.clean;
        const epsilon = attack.budget(values)?.epsilon ?? 0;
        byNoise += Math.abs(await noiseControl(scorer, sitter, settings, epsilon, 7));
      }
      run.dispose();
      batch.dispose();
      expect(byAttack).toBeGreaterThan(byNoise);
    });
  }

  it('is refused where its file is not what it was', async () => {
    const { fit } = await runFit(setting, {
      fitId: 'uap-optimised',
      params: fits.find('uap-optimised').miniature,
      name: `${engine}-refused`,
      onModel: true,
    });
    const path = fit?.path ?? '';
    expect((await readFile(path)).length).toBe(fit?.sizeBytes);
    const wrong = { need: 'pattern', path, sha256: '0'.repeat(64), label: 'pattern' };
    await expect(openNeeded([wrong])).rejects.toMatchObject({ kind: 'unreadable-file' });
  });
});
