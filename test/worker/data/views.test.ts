import { describe, expect, it } from 'vitest';
import { LabError } from '../../../src/shared/errors';
import { viewSettings, type ViewSettings } from '../../../src/worker/data/settings';
import { pictureIndex, testViews, trainViews, viewShapes } from '../../../src/worker/data/views';

const crop = { kind: 'crop', height: 32, width: 32 } as const;
const picture = { height: 40, width: 64 };
const settings: ViewSettings = { ...viewSettings({}), testViews: 2000, trainViews: 2000 };

describe('views', () => {
  it('reach every offset, the first and the last included', () => {
    const views = testViews(crop, settings, picture, 1, 7);
    const tops = new Set(views.map((view) => view.top));
    const lefts = new Set(views.map((view) => view.left));
    // 9 x 33 positions, 2000 draws: the chance that one row or column is missing is below 1e-25.
    expect([...tops].sort((a, b) => a - b)).toEqual(Array.from({ length: 9 }, (_, i) => i));
    expect([...lefts].sort((a, b) => a - b)).toEqual(Array.from({ length: 33 }, (_, i) => i));
  });

  it('are a function of seed and picture: asked again they are the same', () => {
    expect(testViews(crop, settings, picture, 5, 9)).toEqual(
      testViews(crop, settings, picture, 5, 9),
    );
    expect(testViews(crop, settings, picture, 5, 9)).not.toEqual(
      testViews(crop, settings, picture, 6, 9),
    );
    expect(testViews(crop, settings, picture, 5, 9)).not.toEqual(
      testViews(crop, settings, picture, 5, 10),
    );
  });

  it('keep their first n when more are asked for', () => {
    const few = testViews(crop, { ...settings, testViews: 10 }, picture, 5, 9);
    expect(testViews(crop, settings, picture, 5, 9).slice(0, 10)).toEqual(few);
  });

  it('are drawn anew in each training epoch', () => {
    const first = trainViews(crop, settings, picture, 5, 0, 9);
    expect(first).toEqual(trainViews(crop, settings, picture, 5, 0, 9));
    expect(first).not.toEqual(trainViews(crop, settings, picture, 5, 1, 9));
  });

  it('are mirrored half the time in training when asked, and never in scoring', () => {
    const flipped = trainViews(crop, settings, picture, 5, 0, 9).filter((view) => view.flip).length;
    // Binomial(2000, 1/2) has deviation 22.4: 5 deviations are 112.
    expect(Math.abs(flipped - 1000)).toBeLessThan(112);
    const plain = trainViews(crop, { ...settings, flip: false }, picture, 5, 0, 9);
    expect(plain.some((view) => view.flip)).toBe(false);
    expect(testViews(crop, settings, picture, 5, 9).some((view) => view.flip)).toBe(false);
  });

  it('are mirrored by the share and along the axis that settings name', () => {
    const maniqa: ViewSettings = { ...settings, flipShare: 0.7, flipAxis: 'vertical' };
    const views = trainViews(crop, maniqa, picture, 5, 0, 9);
    const turned = views.filter((view) => view.upsideDown).length;
    // Binomial(2000, 0.7) has deviation 20.5: 5 deviations are 102.
    expect(Math.abs(turned - 1400)).toBeLessThan(102);
    expect(views.some((view) => view.flip)).toBe(false);
    const whole = { kind: 'whole', height: null, width: null } as const;
    const always = { ...maniqa, flipShare: 1 };
    expect(trainViews(whole, always, picture, 5, 0, 9)).toMatchObject([
      { ...picture, flip: false, upsideDown: true },
    ]);
  });

  it('never lie at the last position where settings leave it out', () => {
    const released = { ...settings, lastOffset: false };
    for (const views of [
      trainViews(crop, released, picture, 5, 0, 9),
      testViews(crop, released, picture, 5, 9),
    ]) {
      expect(Math.max(...views.map((view) => view.top))).toBe(7);
      expect(Math.max(...views.map((view) => view.left))).toBe(31);
    }
    const [exact] = trainViews(crop, released, { height: 32, width: 33 }, 5, 0, 9);
    expect(exact).toMatchObject({ top: 0, left: 0 });
  });

  it('lie evenly on a grid from edge to edge', () => {
    const grid = testViews(
      crop,
      { ...settings, method: 'grid', testViews: 25 },
      { height: 500, width: 500 },
      1,
      2,
    );
    const offsets = [0, 117, 234, 351, 468];
    expect(grid.map((view) => [view.top, view.left])).toEqual(
      offsets.flatMap((top) => offsets.map((left) => [top, left])),
    );
  });

  it('on a grid never repeat a position of a picture barely larger than the view', () => {
    const small = { height: 33, width: 34 };
    const grid = testViews(crop, { ...settings, method: 'grid', testViews: 25 }, small, 1, 2);
    const places = new Set(grid.map((view) => `${view.top},${view.left}`));
    expect(places.size).toBe(grid.length);
    expect(grid.length).toBe(6);
  });

  it('are the whole picture for a model that scores the whole', () => {
    const whole = { kind: 'whole', height: null, width: null } as const;
    expect(testViews(whole, settings, picture, 1, 2)).toEqual([
      { top: 0, left: 0, ...picture, flip: false },
    ]);
  });

  it('are refused for a picture that is too small, with both sizes named', () => {
    const call = () => testViews(crop, settings, { height: 31, width: 64 }, 1, 2);
    expect(call).toThrow(LabError);
    expect(call).toThrow("64 x 31 pixels is smaller than the model's view of 32 x 32");
  });
});

describe('pictureIndex', () => {
  it('is the first 32 bits of the content hash', () => {
    expect(pictureIndex('ffffffff' + '0'.repeat(56))).toBe(4294967295);
    expect(() => pictureIndex('not a hash')).toThrow('not a sha-256');
  });
});

describe('viewShapes', () => {
  it('are one for training and scoring, or one for each', () => {
    const whole = { kind: 'whole', height: null, width: null } as const;
    expect(viewShapes(crop)).toEqual({ train: crop, test: crop });
    expect(viewShapes({ train: crop, test: whole })).toEqual({ train: crop, test: whole });
  });
});
