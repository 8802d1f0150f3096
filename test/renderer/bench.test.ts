import { flushSync } from 'svelte';
import { describe, expect, test } from 'vitest';
import type { BenchAsk } from '@shared/domain/bench';
import type { ParamSpec } from '@shared/params';
import { LabError, must } from '@shared/errors';
import { findPictures } from '../../src/renderer/panels/bench/find-pictures';
import { sliderOf } from '../../src/renderer/panels/bench/slider';
import { BenchState } from '../../src/renderer/state/bench.svelte';
import {
  attackedRgba,
  changeRgba,
  pixelAt,
  savedLevel,
} from '../../src/renderer/state/bench-pixels';
import { CatalogueState } from '../../src/renderer/state/catalogue.svelte';
import { Notices } from '../../src/renderer/state/notices.svelte';
import { place, PixelView } from '../../src/renderer/state/pixel-view.svelte';
import { Runs } from '../../src/renderer/state/runs.svelte';
import type { Answers } from './mock/answers';
import { benchAnswer } from './mock/bench';
import { MockConnection } from './mock/client';
import { datasets, images } from './mock/data';

const pictures = images(must(datasets[0], 'a data set'));

async function open(overrides: Partial<Answers> = {}) {
  const client = new MockConnection(overrides);
  const runs = new Runs(client, new Notices());
  const catalogue = new CatalogueState(client);
  await Promise.all([runs.load(), catalogue.load()]);
  const load = () => Promise.resolve(new Float32Array([0.5, 0.5, 0.5]).buffer);
  const bench = new BenchState(client, runs, catalogue, { files: [] }, { load, settleMs: 0 });
  bench.setting.image = must(pictures[0], 'a picture');
  const asked = () =>
    client.calls.flatMap(({ method, args }) => (method === 'bench.run' ? [args as BenchAsk] : []));
  return { client, bench, asked };
}

describe('the bench in a window', () => {
  test('asks a preview of both twins, then all views of both', async () => {
    const { bench, asked } = await open();
    await bench.refresh();
    expect(asked().map(({ runId, scope }) => [runId, scope])).toEqual([
      [1, 'preview'],
      [2, 'preview'],
      [1, 'full'],
      [2, 'full'],
    ]);
    expect(bench.waiting).toBeNull();
    expect(bench.shown('nt')?.answer.scope).toBe('full');
  });

  test('asks no more where the preview was all there is, nor what it knows already', async () => {
    const whole = (ask: BenchAsk) => ({ ...benchAnswer(ask, pictures), views: 25 });
    const { bench, asked } = await open({ 'bench.run': whole });
    await bench.refresh();
    await bench.refresh();
    expect(asked().map(({ scope }) => scope)).toEqual(['preview', 'preview']);
  });

  test('shows the older answer as such until the newer one is there, and never an overtaken one', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let holding = false;
    const { bench, asked } = await open({
      'bench.run': async (ask) => {
        if (holding) await held;
        return { ...benchAnswer(ask, pictures), views: 25 };
      },
    });
    await bench.refresh();
    const before = must(bench.shown('baseline'), 'an answer');
    expect(bench.isCurrent(before)).toBe(true);
    holding = true;
    bench.setting.setParams({ epsilon: 0.02 });
    const overtaken = bench.refresh();
    await expect.poll(() => asked().length).toBe(3);
    expect(bench.isCurrent(before)).toBe(false);
    bench.setting.setParams({ epsilon: 0.03 });
    const newest = bench.refresh();
    holding = false;
    release();
    await Promise.all([overtaken, newest]);
    expect(bench.shown('baseline')?.answer.row.linfFloat).toBe(0.03);
    expect(asked().filter(({ params }) => params['epsilon'] === 0.02)).toHaveLength(1);
  });

  test('says why when it cannot, but not when it was only overtaken', async () => {
    const refuse = () => {
      throw new LabError({ kind: 'worker-died', message: 'the compute process ended' });
    };
    const { bench } = await open({ 'bench.run': refuse });
    await bench.refresh();
    expect(bench.error?.kind).toBe('worker-died');
    expect(bench.waiting).toBeNull();
  });

  test('asks nothing while a value is wrong, and stops what it asked before', async () => {
    const { bench, asked, client } = await open();
    bench.setting.setParams({ epsilon: -1 });
    expect(bench.setting.problem).toContain('at least 0');
    await bench.refresh();
    expect(asked()).toEqual([]);
    expect(client.calls.at(-1)?.method).toBe('bench.stop');
  });

  test('forgets its pictures with another picture, and starts another attack from its defaults', async () => {
    const { bench } = await open();
    bench.setting.setParams({ epsilon: 0.02 });
    await bench.refresh();
    bench.setting.image = must(pictures[1], 'a second picture');
    const asked = bench.refresh();
    expect(bench.shown('baseline')).toBeNull();
    await asked;
    const [first, other] = bench.setting.attacks;
    bench.setting.chooseAttack(must(first, 'an attack').id);
    expect(bench.setting.params['epsilon']).toBe(0.02);
    bench.setting.chooseAttack(must(other, 'another attack').id);
    expect(bench.setting.params['epsilon']).not.toBe(0.02);
  });
});

describe('the shared view', () => {
  const picture = { width: 100, height: 50 };
  const pane = { width: 200, height: 200 };

  test('shows the whole picture in the middle, and no margin that it could fill', () => {
    expect(place(picture, pane, null, { x: 0, y: 0 })).toEqual({ scale: 2, left: 0, top: 50 });
    // At 8:1 the picture is 800 x 400: its corner cannot leave the corner of the pane.
    expect(place(picture, pane, 8, { x: 0, y: 0 })).toEqual({ scale: 8, left: 0, top: 0 });
    expect(place(picture, pane, 8, { x: 100, y: 50 })).toEqual({ scale: 8, left: -600, top: -200 });
  });

  test('zooms about the pointer', () => {
    const view = new PixelView();
    view.show(picture);
    view.zoomTo(8, { x: 50, y: 25 });
    const before = place(picture, pane, view.zoom, view.centre);
    const at = { x: 130, y: 70 };
    const under = (now: typeof before) => [
      (at.x - now.left) / now.scale,
      (at.y - now.top) / now.scale,
    ];
    view.zoomAt(2, before, at, pane);
    const after = place(picture, pane, view.zoom, view.centre);
    expect(after.scale).toBe(16);
    expect(under(after)).toEqual(under(before));
  });

  test('keeps its place for a picture of the same size and the mark inside', () => {
    const view = new PixelView();
    view.show(picture);
    view.zoomTo(64, { x: 10, y: 10 });
    view.mark({ x: 500, y: -3 });
    expect(view.cursor).toEqual({ x: 99, y: 0 });
    view.show({ ...picture });
    expect([view.zoom, view.centre]).toEqual([64, { x: 10, y: 10 }]);
    view.show({ width: 10, height: 10 });
    expect([view.zoom, view.cursor]).toEqual([null, null]);
    view.step(1, 0.9);
    flushSync();
    expect(view.zoom).toBe(1);
  });
});

describe('pixels of the bench', () => {
  const pixels = {
    width: 1,
    height: 1,
    clean: Uint8Array.of(100, 0, 255),
    attacked: Float32Array.of(102.6 / 255, 0.4 / 255, 254.7 / 255),
  };

  test('are shown as they would be saved', () => {
    // Half a grey level goes up: 0.5 * 255 = 127.5 is exact.
    expect(savedLevel(0.5)).toBe(128);
    expect([...attackedRgba(pixels)]).toEqual([103, 0, 255, 255]);
  });

  test('show the change before rounding, enlarged about mid grey', () => {
    // 128 + 10 * (2.6, 0.4, -0.3).
    expect([...changeRgba(pixels, 10)]).toEqual([154, 132, 125, 255]);
  });

  test('tell their values', () => {
    const { clean, attacked, saved } = pixelAt(pixels, 0, 0);
    expect([clean, saved]).toEqual([
      [100, 0, 255],
      [103, 0, 255],
    ]);
    // float32 keeps seven digits.
    expect(attacked[0]).toBeCloseTo(102.6, 4);
  });
});

test('sliders are in grey levels for pixels, whole for counts, and reach as far as the value', () => {
  const base = { id: 'a', label: 'A', help: '', level: 'paper' as const };
  const epsilon: ParamSpec = { ...base, type: 'number', unit: 'pixel', default: 0, min: 0, max: 1 };
  const slider = must(sliderOf(epsilon, 0.01), 'a slider');
  expect([slider.max, slider.toValue(2.55)]).toEqual([16, 0.01]);
  expect(slider.shown).toBeCloseTo(2.55, 12);
  expect(sliderOf(epsilon, 0.1)?.max).toBe(32);
  const steps: ParamSpec = { ...base, type: 'integer', default: 1, min: 1, max: 1000 };
  expect(sliderOf(steps, 100)).toMatchObject({ min: 1, max: 160, step: 1 });
  expect(sliderOf({ ...base, type: 'boolean', default: true }, true)).toBeNull();
});

test('pictures are found by every word of the name, by side, in the order asked for', () => {
  const members = { train: [0, 1], validation: [2], test: [3, 4] };
  const mos = (image: { position: number }) => (image.position === 4 ? 90 : 10);
  const find = (changes: object) =>
    findPictures(pictures.slice(0, 5), {
      query: '',
      side: 'all',
      order: 'position',
      members,
      mos,
      ...changes,
    }).map(({ position }) => position);
  expect(find({ side: 'test' })).toEqual([3, 4]);
  expect(find({ side: 'test', members: undefined })).toEqual([]);
  expect(find({ query: 'BMP 3' })).toEqual([2]);
  expect(find({ side: 'test', order: 'best' })).toEqual([4, 3]);
});
