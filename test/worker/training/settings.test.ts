import { describe, expect, test } from 'vitest';
import { checkValues, defaultValues } from '@shared/params';
import { normSettings, ntParams, trainerParams } from '../../../src/worker/training';
import { losses } from '../../../src/worker/training/losses';
import { optimizers } from '../../../src/worker/training/optimizers';
import { schedules } from '../../../src/worker/training/schedules';

describe('settings', () => {
  test('ids are unique and defaults pass their own check', () => {
    for (const specs of [trainerParams, ntParams]) {
      expect(new Set(specs.map((spec) => spec.id)).size).toBe(specs.length);
      expect(checkValues('settings', specs, {})).toEqual(defaultValues(specs));
    }
  });

  test('every loss, optimiser and schedule of the folders can be chosen', () => {
    const options = (id: string): string[] => {
      const spec = trainerParams.find((param) => param.id === id);
      return spec?.type === 'choice' ? spec.options.map((option) => option.value) : [];
    };
    expect(options('loss')).toEqual([...losses.all.keys()]);
    expect(options('optimizer')).toEqual([...optimizers.all.keys()]);
    expect(options('schedule')).toEqual([...schedules.all.keys()]);
  });

  test('what belongs to one choice is shown only with it', () => {
    const momentum = trainerParams.find((param) => param.id === 'momentum');
    expect(momentum?.when).toEqual({ id: 'optimizer', is: ['sgd'] });
  });

  test('the regulariser is off for a baseline, and stored batch-norm statistics cannot share a pass', () => {
    expect(normSettings(null)).toBeNull();
    const values = defaultValues(ntParams);
    expect(normSettings(values)).toMatchObject({ h: 0.01, half: true, sharedPass: true });
    expect(normSettings({ ...values, batchNorm: 'running' })?.sharedPass).toBe(false);
  });
});
