import { describe, expect, it } from 'vitest';
import { copyTurnedView, copyView } from '../../../src/worker/data/pixels';
import { viewSettings } from '../../../src/worker/data/settings';
import { testViews, trainViews } from '../../../src/worker/data/views';
import { models } from '../../../src/worker/models';
import { viewShapes } from '../../../src/worker/data/views';
import { judgementOf } from '../../../src/worker/training/judgement';

const side = 4;
/** Every pixel another grey, so that its place can be told. */
const picture = Uint8Array.from(
  { length: side * side * 3 },
  (_, i) => 10 * (Math.floor(i / 3) + 1),
);
const whole = { top: 0, left: 0, height: side, width: side, flip: false };

function turned(degrees: number, view = whole): number[] {
  const out = new Float32Array(view.height * view.width * 3);
  copyTurnedView(picture, { height: side, width: side }, view, degrees, out);
  return Array.from({ length: view.height * view.width }, (_, i) =>
    Math.round(((out[3 * i] ?? 0) * 255) / 10),
  );
}

describe('a turned training view', () => {
  it('is the picture itself at no angle, mirrored where the view is', () => {
    for (const flip of [false, true]) {
      const view = { ...whole, flip };
      const plain = new Float32Array(side * side * 3);
      copyView(picture, 0, side, view, plain);
      const out = new Float32Array(side * side * 3);
      copyTurnedView(picture, { height: side, width: side }, view, 0, out);
      expect(out).toEqual(plain);
    }
  });

  it('turns counter-clockwise: a quarter brings the right column to the top', () => {
    const right = [4, 8, 12, 16];
    expect(turned(90).slice(0, side)).toEqual(right);
  });

  it('is black where the picture has nothing', () => {
    // At 45 degrees the corners of a square lie outside it.
    const all = turned(45);
    expect([all[0], all[side - 1], all[side * (side - 1)], all[side * side - 1]]).toEqual([
      0, 0, 0, 0,
    ]);
    expect(all[side + 1]).toBeGreaterThan(0);
  });

  it('is drawn within the angle asked for, anew each epoch, and never for scoring', () => {
    const shape = { kind: 'crop', height: 2, width: 2 } as const;
    const settings = viewSettings({ rotation: 2, trainViews: 50, testViews: 5 });
    const size = { height: 9, width: 9 };
    const angles = [0, 1].map((epoch) =>
      trainViews(shape, settings, size, 1, epoch, 7).map((view) => view.turned ?? NaN),
    );
    expect(angles[0]).not.toEqual(angles[1]);
    for (const angle of angles.flat()) expect(Math.abs(angle)).toBeLessThanOrEqual(2);
    expect(Math.max(...angles.flat())).toBeGreaterThan(1);
    expect(testViews(shape, settings, size, 1, 7).some((view) => 'turned' in view)).toBe(false);
    // Without it the draws are those of runs before there was such a setting.
    const still = trainViews(shape, viewSettings({ trainViews: 50 }), size, 1, 0, 7);
    expect(still.some((view) => 'turned' in view)).toBe(false);
  });
});

describe('LinearityIQA with its augmentation', () => {
  it('trains on squares of 498 and scores whole pictures of 498 x 664', () => {
    const def = models.find('linearityiqa');
    const trainer = { ...def.recipe.trainer, pictureSize: 'wide', trainingCrop: true };
    const { train, test } = viewShapes(def.views({}, trainer));
    expect(train).toMatchObject({ kind: 'crop', height: 498, width: 498 });
    expect(test).toMatchObject({ kind: 'whole', height: 498, width: 664 });
  });
});

describe('what epochs compete with', () => {
  const ratings = [1, 2, 3, 4];
  it('is SROCC, or the sum of both correlations where a model says so', () => {
    const scores = [1, 2, 3, 9];
    expect(judgementOf({}, scores, ratings)).toBeCloseTo(1, 12);
    // PLCC of (1, 2, 3, 9) and (1, 2, 3, 4): covariance 12.5, sums of squares 38.75 and 5.
    const both = judgementOf({ judgedBy: 'srocc-plcc' }, scores, ratings);
    expect(both).toBeCloseTo(1 + 12.5 / Math.sqrt(38.75 * 5), 12);
  });

  it('is undefined for constant scores either way', () => {
    expect(judgementOf({}, [1, 1, 1, 1], ratings)).toBeNull();
    expect(judgementOf({ judgedBy: 'srocc-plcc' }, [1, 1, 1, 1], ratings)).toBeNull();
  });
});
