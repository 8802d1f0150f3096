import { expect, test } from 'vitest';
import { random } from '@shared/random';
import { differencePixels } from '../../src/renderer/components/difference';
import { lean } from '../../src/renderer/charts/lean';
import { placesOf } from '../../src/renderer/charts/places';
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

test('places of many points are those of the chart, on straight axes and on others', () => {
  const draw = random(3, 'test/places');
  const points = Array.from({ length: 500 }, () => ({
    x: draw.uniform(1, 1000),
    y: draw.uniform(-5, 5),
  }));
  let asked = 0;
  const linear = (x: number, y: number) => {
    asked += 1;
    return [40 + 0.6 * x, 300 - 20 * y];
  };
  // Rounding alone may differ: a place is computed from the line's ends.
  placesOf(points, linear).forEach(([px, py], i) => {
    const { x, y } = points[i] ?? { x: NaN, y: NaN };
    expect(px).toBeCloseTo(40 + 0.6 * x, 6);
    expect(py).toBeCloseTo(300 - 20 * y, 6);
  });
  expect(asked).toBeLessThan(10);
  const log = (x: number, y: number) => [100 * Math.log10(x), 300 - 20 * y];
  expect(placesOf(points, log)).toEqual(points.map(({ x, y }) => log(x, y)));
});

test('long data of lines and scatters is handed over as pairs, anything else as it is', () => {
  const data = Array.from({ length: 300 }, (_, i) => [i, i === 7 ? '-' : i / 2, 99, 1]);
  const long = { type: 'scatter', name: 'long', data, dimensions: ['x', 'y', 'imageId', 'runId'] };
  const short = { type: 'line', data: data.slice(0, 5) };
  const named = { type: 'line', data: data.map(() => ({ value: [1, 2] })) };
  const bars = { type: 'bar', data };
  const option = { grid: [{}], series: [long, short, named, bars] };
  const { series } = lean(option) as { series: (typeof long)[] };
  expect(series.slice(1)).toEqual([short, named, bars]);
  const [first] = series;
  expect(first).toMatchObject({ type: 'scatter', name: 'long', dimensions: ['x', 'y'] });
  const pairs = first?.data as unknown as Float64Array;
  expect([...pairs.slice(0, 4)]).toEqual([0, 0, 1, 0.5]);
  expect(pairs[14]).toBe(7);
  expect(pairs[15]).toBeNaN();
  expect(long.data).toBe(data);
});
