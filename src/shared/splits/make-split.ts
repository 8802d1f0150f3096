import type { Side, SplitSpec } from '../domain/dataset';
import { LabError } from '../errors';
import { random } from '../random';
import { describeLeaks, findLeaks, leakageError } from './leakage';
import { keepApart, tieTogether, type SplitImage } from './units';

type RandomSpec = Extract<SplitSpec, { method: 'random' }>;
type ImportedSpec = Extract<SplitSpec, { method: 'imported' }>;

export interface MadeSplit {
  /** Seeds of the repeats are counted up from the specification's. */
  readonly spec: SplitSpec;
  /** Positions in the label file, ascending. */
  readonly train: number[];
  readonly validation: number[];
  readonly test: number[];
  /** Extremes of the raw ratings over train and validation: the constants of Eq. S17. */
  readonly scoreMin: number;
  readonly scoreMax: number;
  /** What a person should know about this split; usually empty. */
  readonly notes: string[];
}

/**
 * Makes a split, or k repeats of it with seeds seed, seed + 1, ...; the same images and specification always give the
 * same split.
 *
 * `random`: round((1 - testShare) n) images are for training and validation, the rest for testing, as in HyperIQA's
 * train_test_IQA.py. `grouped` keeps images of one reference content, identical files and look-alikes on one side.
 * `imported`: positions as in an index file. Look-alikes across its sides are noted, not refused, because a published
 * split is to be reproduced (the paper's own has 672.JPG and 694.JPG on two sides); identical files are refused.
 * Validation images are taken from the training part; for an imported split, always in whole contents.
 *
 * @throws LabError `leakage` naming the pairs; `bad-input` for shares or positions that cannot be
 */
export function makeSplits(
  images: readonly SplitImage[],
  spec: SplitSpec,
  repeats = 1,
): MadeSplit[] {
  if (!Number.isInteger(repeats) || repeats < 1 || repeats > 1000) {
    throw bad(`the number of repeats must be from 1 to 1000, got ${repeats}`);
  }
  const ordered = [...images].sort((a, b) => a.position - b.position);
  if (ordered.length < 2)
    throw bad(`a split needs at least two images, the data set has ${ordered.length}`);
  checkShare('validation share', spec.validationShare);
  const free = spec.method === 'random' && !spec.grouped;
  const units = free ? keepApart(ordered) : tieTogether(ordered);
  return Array.from({ length: repeats }, (_, i) => {
    const repeated = { ...spec, seed: spec.seed + i };
    return repeated.method === 'random'
      ? randomSplit(ordered, units, repeated)
      : importedSplit(ordered, units, repeated);
  });
}

function randomSplit(
  images: readonly SplitImage[],
  units: readonly number[][],
  spec: RandomSpec,
): MadeSplit {
  checkShare('test share', spec.testShare);
  const forTraining = Math.round((1 - spec.testShare) * images.length);
  const [part, test] = draw(units, forTraining, spec.seed, 'split/test');
  const sides = new Array<Side | null>(images.length).fill('train');
  for (const index of test.flat()) sides[index] = 'test';
  carveValidation(sides, part, spec);
  const leaks = findLeaks(images, sides);
  if (leaks.length > 0) {
    throw leakageError(
      leaks,
      'Keep images of the same content together (the "grouped" choice); copies then stay on one side.',
    );
  }
  return finish(images, sides, spec, []);
}

function importedSplit(
  images: readonly SplitImage[],
  units: readonly number[][],
  spec: ImportedSpec,
): MadeSplit {
  const sides = new Array<Side | null>(images.length).fill(null);
  const absent = placePositions(images, sides, spec);
  const part = units
    .map((unit) => unit.filter((index) => sides[index] === 'train'))
    .filter((unit) => unit.length > 0);
  const leaks = findLeaks(images, sides);
  const refused = leaks.filter(({ reason }) => reason !== 'near-identical');
  if (refused.length > 0) {
    throw leakageError(
      refused,
      'Correct the index file, or make a random split that keeps images of the same content together.',
    );
  }
  carveValidation(sides, part, spec);
  const left = sides.filter((side) => side === null).length;
  const notes = [
    ...(leaks.length > 0 ? [`Look-alikes on two sides: ${describeLeaks(leaks)}.`] : []),
    ...(absent === 1 ? ['1 position of the index file has no imported picture.'] : []),
    ...(absent > 1 ? [`${absent} positions of the index file have no imported picture.`] : []),
    ...(left === 1 ? ['1 image of the data set is on no side.'] : []),
    ...(left > 1 ? [`${left} images of the data set are on no side.`] : []),
  ];
  return finish(images, sides, spec, notes);
}

/** Marks the images that an index file names; returns how many of its positions have no image. */
function placePositions(
  images: readonly SplitImage[],
  sides: (Side | null)[],
  spec: ImportedSpec,
): number {
  const indexOf = new Map(images.map(({ position }, index) => [position, index]));
  const last = images.at(-1)?.position ?? 0;
  let absent = 0;
  const seen = new Set<number>();
  for (const side of ['train', 'test'] as const) {
    for (const position of spec[side]) {
      if (!Number.isInteger(position) || position < 0 || position > last) {
        const hint =
          position === last + 1 ? ' (is the file counted from 1? positions start at 0)' : '';
        throw bad(`position ${position} of ${spec.source} is outside 0 to ${last}${hint}`);
      }
      if (seen.has(position)) throw bad(`${spec.source} names position ${position} twice`);
      seen.add(position);
      const index = indexOf.get(position);
      if (index === undefined) absent++;
      else sides[index] = side;
    }
  }
  return absent;
}

/** Moves whole units of the training part to validation until its share is reached. */
function carveValidation(sides: (Side | null)[], part: readonly number[][], spec: SplitSpec): void {
  if (spec.validationShare === 0) return;
  const count = part.flat().length;
  const wanted = Math.max(1, Math.round(spec.validationShare * count));
  const [, validation] = draw(part, count - wanted, spec.seed, 'split/validation');
  for (const index of validation.flat()) sides[index] = 'validation';
}

/**
 * Draws units until `target` images are reached and returns [drawn, left over]. The unit that crosses the target is
 * taken if that comes closer to it; both parts get a unit whenever the target leaves room for both.
 */
function draw(
  units: readonly number[][],
  target: number,
  seed: number,
  purpose: string,
): [number[][], number[][]] {
  const order = random(seed, purpose).permutation(units.length);
  const total = units.flat().length;
  const drawn: number[][] = [];
  const left: number[][] = [];
  let count = 0;
  for (const index of order) {
    const unit = units[index] ?? [];
    const missing = target - count;
    const take = left.length === 0 && missing > 0 && unit.length - missing <= missing;
    if (take) {
      drawn.push(unit);
      count += unit.length;
    } else {
      left.push(unit);
    }
  }
  if (left.length === 0 && target < total) left.push(...drawn.splice(-1));
  if (drawn.length === 0 && target > 0) drawn.push(...left.splice(0, 1));
  return [drawn, left];
}

function finish(
  images: readonly SplitImage[],
  sides: readonly (Side | null)[],
  spec: SplitSpec,
  notes: string[],
): MadeSplit {
  const members = (side: Side): number[] =>
    images.filter((_, index) => sides[index] === side).map(({ position }) => position);
  const ratings = images
    .filter((_, index) => sides[index] === 'train' || sides[index] === 'validation')
    .map(({ score }) => score);
  const made = {
    spec,
    train: members('train'),
    validation: members('validation'),
    test: members('test'),
    ...scoreRange(ratings),
    notes,
  };
  const wantsTest = spec.method === 'imported' || spec.testShare > 0;
  if (made.train.length === 0 || (wantsTest && made.test.length === 0)) {
    throw bad(
      `the split would leave ${made.train.length} images to train on and ${made.test.length} to test on`,
      'Choose other shares; where contents are kept together, the data set needs more than one content.',
    );
  }
  return made;
}

/**
 * Extremes of the raw ratings of a training part, the constants of the paper's Eq. S17.
 *
 * @throws LabError `bad-input` if there are no two different ratings
 */
export function scoreRange(ratings: readonly number[]): { scoreMin: number; scoreMax: number } {
  let [scoreMin, scoreMax] = [Infinity, -Infinity];
  for (const rating of ratings) {
    scoreMin = Math.min(scoreMin, rating);
    scoreMax = Math.max(scoreMax, rating);
  }
  if (scoreMin < scoreMax) return { scoreMin, scoreMax };
  throw bad(
    `the training part has ${ratings.length} images but no two different ratings, so it has no scale`,
    'Choose another seed, a larger training part, or check the score column of the data set.',
  );
}

function checkShare(name: string, share: number): void {
  if (share >= 0 && share < 1) return;
  throw bad(`the ${name} must be at least 0 and below 1, got ${share}`);
}

function bad(reason: string, next = 'Correct it and make the split again.'): LabError {
  return new LabError({
    kind: 'bad-input',
    message: `The split cannot be made: ${reason}.`,
    safe: 'No split was stored.',
    next,
  });
}
