import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const Saved = v.object({
  bounds: v.object({ x: v.number(), y: v.number(), width: v.number(), height: v.number() }),
  maximized: v.boolean(),
});
export type SavedWindow = v.InferOutput<typeof Saved>;

export const smallest = { width: 1024, height: 640 } as const;
const usual = { width: 1440, height: 900 } as const;

/** How much of the top edge must be on a display, in pixels, for a person to grab the window. */
const grabWidth = 120;
const grabHeight = 32;

/**
 * Where to open the window: as it was, if its top edge can be reached on a display that is present
 * now; else at the usual size wherever the system puts it.
 */
export function restoredBounds(
  saved: SavedWindow | null,
  workAreas: readonly Rectangle[],
): Partial<Rectangle> {
  if (!saved) return usual;
  const { x, y, width, height } = saved.bounds;
  const reachable = workAreas.some((area) => {
    const overlapX = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
    return overlapX >= grabWidth && y >= area.y && y <= area.y + area.height - grabHeight;
  });
  if (!reachable) return usual;
  return {
    x,
    y,
    width: Math.max(width, smallest.width),
    height: Math.max(height, smallest.height),
  };
}

/** What was saved by the last window; null where there is nothing usable. */
export function loadWindow(file: string): SavedWindow | null {
  try {
    const parsed = v.safeParse(Saved, JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.output : null;
  } catch {
    return null; // A missing or damaged file only means the usual place.
  }
}

/** Saves place and size; a computer that cannot store them opens the window in the usual place. */
export function saveWindow(file: string, window: SavedWindow): boolean {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(window));
    renameSync(`${file}.new`, file);
    return true;
  } catch {
    return false;
  }
}
