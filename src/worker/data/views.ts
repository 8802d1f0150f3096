import { LabError } from '@shared/errors';
import { random, type RandomStream } from '@shared/random';
import type { ModelDef, ViewShape } from '../models/model';
import type { ViewSettings } from './settings';

/** One rectangle of a picture, in its pixels. */
export interface View {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  /** Mirrored left to right. */
  readonly flip: boolean;
  /** Mirrored top to bottom. */
  readonly upsideDown?: boolean;
  /** Degrees by which the picture is turned, counter-clockwise, before the view is cut. */
  readonly turned?: number;
}

export interface Size {
  readonly height: number;
  readonly width: number;
}

/** The shapes of the views a model is trained on and scored by. */
export interface ViewShapes {
  readonly train: ViewShape;
  readonly test: ViewShape;
}

/** @param given what a model's `views` returned: one shape for both, or one for each */
export function viewShapes(given: ReturnType<ModelDef['views']>): ViewShapes {
  return 'kind' in given ? { train: given, test: given } : given;
}

/**
 * Where a picture's draws live: its content, not its place in a list or its row in a database, so
 * that the same picture gets the same views in any workspace and whatever else is scored with it.
 *
 * @param sha256 64 hex digits
 * @returns an index in [0, 2^32) for `random`
 */
export function pictureIndex(sha256: string): number {
  const index = Number.parseInt(sha256.slice(0, 8), 16);
  if (!Number.isInteger(index)) throw new Error(`pictureIndex: not a sha-256, got "${sha256}"`);
  return index;
}

/**
 * The views a picture is scored by: fixed for a seed, never mirrored.
 *
 * @throws LabError `unsupported` where the picture is smaller than a view
 */
export function testViews(
  shape: ViewShape,
  settings: ViewSettings,
  picture: Size,
  seed: number,
  index: number,
): View[] {
  if (shape.kind === 'whole') return [wholeView(picture)];
  const room = roomFor(shape, picture);
  if (settings.method === 'grid') return gridViews(shape, room, settings.testViews);
  const stream = random(seed, 'test-views', 0, index);
  const still = { ...settings, flip: false };
  return Array.from({ length: settings.testViews }, () => randomView(shape, room, stream, still));
}

/**
 * The views of a picture in one training epoch (0-based), drawn anew for each epoch.
 *
 * @throws LabError `unsupported` where the picture is smaller than a view
 */
export function trainViews(
  shape: ViewShape,
  settings: ViewSettings,
  picture: Size,
  seed: number,
  epoch: number,
  index: number,
): View[] {
  const stream = random(seed, 'train-views', epoch, index);
  if (shape.kind === 'whole') {
    const turn = turnedBy(settings, stream);
    return [{ ...wholeView(picture), ...turn, ...mirrored(settings, stream) }];
  }
  const room = roomFor(shape, picture);
  return Array.from({ length: settings.trainViews }, () => ({
    ...turnedBy(settings, stream),
    ...randomView(shape, room, stream, settings),
  }));
}

/** One draw where pictures are turned, none where they are not. */
function turnedBy({ rotation = 0 }: ViewSettings, stream: RandomStream): Pick<View, 'turned'> {
  return rotation > 0 ? { turned: stream.uniform(-rotation, rotation) } : {};
}

/** One draw where views are mirrored, none where they are not. */
function mirrored(
  { flip, flipShare, flipAxis }: ViewSettings,
  stream: RandomStream,
): Pick<View, 'flip' | 'upsideDown'> {
  if (!flip) return { flip: false };
  // A share of one half is drawn as runs before this setting drew it, so that they can be continued.
  const drawn = flipShare === 0.5 ? stream.integer(2) === 1 : stream.uniform() < flipShare;
  return flipAxis === 'horizontal' ? { flip: drawn } : { flip: false, upsideDown: drawn };
}

/** Last valid offsets. */
interface Room {
  readonly top: number;
  readonly left: number;
}

function roomFor(shape: Size, picture: Size): Room {
  const room = { top: picture.height - shape.height, left: picture.width - shape.width };
  if (room.top >= 0 && room.left >= 0) return room;
  throw new LabError({
    kind: 'unsupported',
    message:
      `a picture of ${picture.width} x ${picture.height} pixels is smaller than ` +
      `the model's view of ${shape.width} x ${shape.height}`,
    safe: 'Nothing was changed.',
    next: 'Exclude the picture from the data set, or choose a model with a smaller view.',
  });
}

function wholeView(picture: Size): View {
  return { top: 0, left: 0, height: picture.height, width: picture.width, flip: false };
}

/** Offsets are uniform over all valid positions, the last one included unless settings leave it out. */
function randomView(shape: Size, room: Room, stream: RandomStream, settings: ViewSettings): View {
  const offsets = (last: number): number => (settings.lastOffset ? last + 1 : Math.max(1, last));
  const top = stream.integer(offsets(room.top));
  const left = stream.integer(offsets(room.left));
  const { height, width } = shape;
  return { top, left, height, width, ...mirrored(settings, stream) };
}

function gridViews(shape: Size, room: Room, count: number): View[] {
  const { rows, columns } = gridOf(count, room);
  const views: View[] = [];
  for (const top of spaced(rows, room.top)) {
    for (const left of spaced(columns, room.left)) {
      views.push({ top, left, height: shape.height, width: shape.width, flip: false });
    }
  }
  return views;
}

/** Rows and columns, at most `count` cells: near-square spacing, few cells left over. */
function gridOf(count: number, room: Room): { rows: number; columns: number } {
  let best = { rows: 1, columns: 1 };
  let bestCost = Infinity;
  for (let rows = 1; rows <= Math.min(count, room.top + 1); rows++) {
    const columns = Math.min(Math.floor(count / rows), room.left + 1);
    const spacing = ((room.top + 1) * columns) / ((room.left + 1) * rows);
    const cost = Math.abs(Math.log(spacing)) + (2 * (count - rows * columns)) / count;
    if (cost < bestCost) [best, bestCost] = [{ rows, columns }, cost];
  }
  return best;
}

function spaced(count: number, last: number): number[] {
  if (count === 1) return [Math.floor(last / 2)];
  return Array.from({ length: count }, (_, i) => Math.round((i * last) / (count - 1)));
}
