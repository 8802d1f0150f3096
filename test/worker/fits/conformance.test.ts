import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { checkValues } from '../../../src/shared/params';
import { fitInfo, fits } from '../../../src/worker/fits';
import { readFit } from '../../../src/worker/fits/fit-file';
import { readSafetensors } from '../../../src/worker/weights';
import { eachEngine } from '../../helpers/engines';
import { useTempDir } from '../../helpers/temp-dir';
import { fitSetting, runFit, type FitSetting } from './fit-job';

const inTemp = useTempDir();
let setting: FitSetting;

for (const def of fits.all.values()) {
  const { id: fitId, miniature: params } = def;
  const request = { fitId, params, onModel: def.on === 'model' };

  eachEngine(`the fit ${fitId}`, (engine) => {
    const at = (name: string): string => `${engine}-${fitId}-${name}`;
    beforeAll(async () => {
      setting = await fitSetting(inTemp);
    });

    it('states defaults and presets that its own rules accept', () => {
      for (const preset of [{ params: {} }, ...def.presets]) {
        expect(checkValues(fitId, def.params, preset.params)).toBeTypeOf('object');
      }
      expect(JSON.parse(JSON.stringify(fitInfo(def)))).toEqual(fitInfo(def));
    });

    it('comes to a file that says what it is, and its loss falls', async () => {
      const before = tf.memory().numTensors;
      const { fit } = await runFit(setting, { ...request, name: at('whole') });
      expect(tf.memory().numTensors - before).toBe(0);
      const { tensors, metadata } = readSafetensors(await readFile(fit?.path ?? ''));
      const file = readFit(Object.fromEntries(metadata), tensors);
      expect(file).toMatchObject(def.produces);
      expect(fit?.facts).toMatchObject(def.produces);
      expect(fit?.facts.notes.join(' ')).toContain('Toys');
      const losses = (file?.provenance['mean_loss_of_epochs'] ?? '').split(', ').map(Number);
      expect(losses.length).toBeGreaterThan(1);
      expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    });

    it('that was stopped and continued comes to the same bytes', async () => {
      const whole = await runFit(setting, { ...request, name: at('again') });
      const steps = whole.said.flatMap((message) =>
        message.type === 'progress' && message.progress.phase.startsWith('fitting')
          ? [message.progress.total]
          : [],
      );
      const name = at('stopped');
      const stopAt = Math.floor((steps[0] ?? 0) / 2);
      expect(stopAt).toBeGreaterThan(0);
      const stopped = await runFit(setting, { ...request, name, stopAt });
      expect(stopped.fit).toBeNull();
      const continued = await runFit(setting, { ...request, name, resume: true });
      expect(continued.fit?.sha256).toBe(whole.fit?.sha256);
    });
  });
}
