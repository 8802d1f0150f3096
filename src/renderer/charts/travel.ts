/** The least a point must tell so that arrow keys can walk over it. */
export interface Stop {
  readonly runId: number;
  readonly x: number;
  readonly y: number;
}

/**
 * Where an arrow key leads in a figure: left and right to the neighbour of the same run in x (then
 * y), up and down to the point of the next run nearest in x. Home and End go to the ends of the run.
 *
 * @returns index into `points`, or null for another key or an empty figure
 */
export function travel(points: readonly Stop[], current: number, key: string): number | null {
  if (points.length === 0) return null;
  const here = points[current];
  if (!here) return isTravelKey(key) ? (walk(points, points[0]?.runId)[0] ?? null) : null;
  const path = walk(points, here.runId);
  const place = path.indexOf(current);
  switch (key) {
    case 'ArrowRight':
      return path[Math.min(path.length - 1, place + 1)] ?? null;
    case 'ArrowLeft':
      return path[Math.max(0, place - 1)] ?? null;
    case 'Home':
      return path[0] ?? null;
    case 'End':
      return path.at(-1) ?? null;
    case 'ArrowUp':
    case 'ArrowDown':
      return acrossRuns(points, here, key === 'ArrowDown' ? 1 : -1);
    default:
      return null;
  }
}

export function isTravelKey(key: string): boolean {
  return ['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(key);
}

/** Indices of one run's points from left to right. */
function walk(points: readonly Stop[], runId: number | undefined): readonly number[] {
  return points
    .map((point, index) => ({ point, index }))
    .filter(({ point }) => point.runId === runId)
    .sort((a, b) => a.point.x - b.point.x || a.point.y - b.point.y || a.index - b.index)
    .map(({ index }) => index);
}

function acrossRuns(points: readonly Stop[], here: Stop, step: 1 | -1): number | null {
  const runs = [...new Set(points.map((point) => point.runId))];
  const at = runs.indexOf(here.runId);
  const next = runs[(at + step + runs.length) % runs.length];
  let best: number | null = null;
  points.forEach((point, index) => {
    if (point.runId !== next) return;
    const known = best === null ? undefined : points[best];
    if (!known || Math.abs(point.x - here.x) < Math.abs(known.x - here.x)) best = index;
  });
  return best;
}
