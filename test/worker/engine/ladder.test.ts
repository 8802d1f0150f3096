import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { engineNames } from '@shared/domain/catalogue';
import { LabError } from '@shared/errors';
import { loadEngine } from '../../../src/worker/engine';
import { selfTest } from '../../../src/worker/engine/self-test';
import { eachEngine } from '../../helpers/engines';

describe('the engine ladder', () => {
  test('without a wish it takes the best engine that works and lists every rung', async () => {
    const { info, ladder } = await loadEngine();
    expect(ladder.map((rung) => rung.name)).toEqual([...engineNames]);
    const best = ladder.find((rung) => rung.available);
    expect(best?.name).toBe(info.name);
    expect(best?.reason).toBe(info.description);
    for (const rung of ladder) expect(rung.reason).not.toBe('');
  });

  test('an engine that is not there is refused with its reason and the ladder', async () => {
    const refusal = await loadEngine('cuda').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(LabError);
    expect((refusal as LabError).kind).toBe('engine');
    expect((refusal as LabError).message).toContain('not built yet');
    expect((refusal as LabError).details?.['ladder']).toHaveLength(engineNames.length);
  });
});

eachEngine('an engine that is offered', (engine) => {
  test('states its versions and threads and passes its self-test again', async () => {
    const { info } = await loadEngine(engine);
    expect(info.name).toBe(engine);
    expect(info.threads).toBeGreaterThan(0);
    expect(info.description).toMatch(/\d+\.\d+.*\d thread/);
    expect(() => selfTest()).not.toThrow();
  });

  test('the self-test refuses a backend whose convolution gradient is wrong, and says which', () => {
    const backendName = tf.getBackend();
    const original = tf.getKernel(tf.Conv2DBackpropFilter, backendName);
    tf.unregisterKernel(tf.Conv2DBackpropFilter, backendName);
    tf.registerKernel({
      kernelName: tf.Conv2DBackpropFilter,
      backendName,
      kernelFunc: ({ attrs }) => tf.zeros(attrs?.['filterShape'] as number[]),
    });
    try {
      expect(() => selfTest()).toThrow('filter gradient of a convolution');
    } finally {
      tf.unregisterKernel(tf.Conv2DBackpropFilter, backendName);
      tf.registerKernel(original);
    }
  });
});
