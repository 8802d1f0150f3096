import { expect, test } from 'vitest';
import { random } from '@shared/random';
import { differencePixels } from '../../src/renderer/components/difference';
import { PointIndex } from '../../src/renderer/charts/point-index';
import { isTravelKey, travel } from '../../src/renderer/charts/travel';

test('the index finds what a search through every point finds', () => {
  const draw = random(7, 'test/points');
  const points = Array.from({ length: 2_000 }, () => ({
    px: draw.uniform(0, 600),
    py: draw.uniform(0, 400),
  }));
  const index = new PointIndex(points);
  const reach = 14;
  for (let i = 0; i < 300; i++) {
    const [x, y] = [draw.uniform(0, 600), draw.uniform(0, 400)];
    const near = points
      .map((point) => ({ point, distance: Math.hypot(point.px - x, point.py - y) }))
      .filter(({ distance }) => distance <= reach)
      .sort((a, b) => a.distance - b.distance)[0];
    expect(index.nearest(x, y, reach)).toBe(near?.point ?? null);
  }
});

test('points without a place are never found', () => {
  expect(new PointIndex([{ px: NaN, py: 1 }]).nearest(0, 0)).toBeNull();
});

test('arrow keys walk along a run and change between runs', () => {
  const points = [
    { runId: 1, x: 5, y: 0 },
    { runId: 1, x: 1, y: 0 },
    { runId: 2, x: 4, y: 9 },
    { runId: 2, x: 90, y: 9 },
  ];
  expect(travel(points, -1, 'ArrowRight')).toBe(1);
  expect(travel(points, 1, 'ArrowRight')).toBe(0);
  expect(travel(points, 0, 'ArrowRight')).toBe(0);
  expect(travel(points, 0, 'ArrowDown')).toBe(2);
  expect(travel(points, 3, 'ArrowUp')).toBe(0);
  expect(travel(points, 2, 'End')).toBe(3);
  expect(travel(points, 2, 'x')).toBeNull();
  expect(travel([], -1, 'ArrowRight')).toBeNull();
  expect(isTravelKey('Enter')).toBe(false);
});

test('the difference is neutral where nothing changed, signed where something did, and clamped', () => {
  const original = Uint8ClampedArray.of(100, 100, 100, 255, 100, 100, 100, 255);
  const changed = Uint8ClampedArray.of(100, 101, 99, 255, 120, 80, 100, 0);
  expect([...differencePixels(original, changed, 16)]).toEqual([
    128, 144, 112, 255, 255, 0, 128, 255,
  ]);
  expect(() => differencePixels(original, new Uint8ClampedArray(4), 1)).toThrow(
    /got 8 and 4 bytes/,
  );
});
