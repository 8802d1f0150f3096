import type { AttackRow } from '../domain/results';
import type { FigureOptions, Study, StudyAttack, StudyImage, StudyRun } from '../domain/study';
import { attackLabels, attackOf, chosenPair, type StudyPair } from './select';
import { meanSsim } from './sweeps';

/** One attacked picture: what a run made of it. */
export interface Tile {
  readonly batch: StudyAttack;
  readonly row: AttackRow;
  readonly after: number;
  /** Null where the similarity was not measured. */
  readonly ssim: number | null;
}

/** One picture through one run: a tile per attack, null where none was kept. */
export interface PlateLine {
  readonly image: StudyImage;
  readonly run: StudyRun;
  readonly tiles: readonly (Tile | null)[];
}

export interface PlateContent {
  readonly pair: StudyPair;
  /** Labels of the attacks, one column each. */
  readonly attacks: readonly string[];
  readonly lines: readonly PlateLine[];
  readonly images: readonly StudyImage[];
}

/** More columns or pictures would be stamps. */
const maxAttacks = 3;

/** What a plate of the chosen pair shows of the pictures that were kept; null in an empty study. */
export function plateContent(study: Study, options: FigureOptions): PlateContent | null {
  const pair = chosenPair(study, options);
  const [first] = pair?.runs ?? [];
  if (!pair || !first) return null;
  const labels = options.attack === undefined ? attackLabels(pair.runs) : [options.attack];
  const attacks = labels
    .filter((label) => pair.runs.some((run) => keptRows(run, label).length > 0))
    .slice(0, maxAttacks);
  const images = chosenImages(first, attacks, pair, options);
  const lines = images.flatMap((image) =>
    pair.runs.map((run): PlateLine => ({
      image,
      run,
      tiles: attacks.map((label) => tileOf(run, label, image.id, options)),
    })),
  );
  return { pair, attacks, images, lines };
}

/** Rows of an attack whose pictures were kept. */
export function keptRows(run: StudyRun, label: string): readonly AttackRow[] {
  return (attackOf(run, label)?.rows ?? []).filter(({ artifact }) => artifact !== null);
}

/**
 * The pictures asked for; else one of high and one of low quality, as in the paper: those whose score
 * the first attack moves most on the baseline, of the pictures that every run of the pair has kept.
 */
function chosenImages(
  first: StudyRun,
  attacks: readonly string[],
  pair: StudyPair,
  { imageIds }: FigureOptions,
): StudyImage[] {
  if (imageIds && imageIds.length > 0) {
    return imageIds.flatMap((id) => first.images.find((image) => image.id === id) ?? []);
  }
  const [label] = attacks;
  if (label === undefined) return [];
  const kept = pair.runs.map((run) => new Set(keptRows(run, label).map(({ imageId }) => imageId)));
  const changes = new Map(
    (attackOf(first, label)?.rows ?? []).map((row) => [
      row.imageId,
      Math.abs(row.attackedFloat - row.clean),
    ]),
  );
  const most = (some: readonly StudyImage[]): StudyImage[] => {
    const ready = some.filter(({ id }) => changes.has(id) && kept.every((ids) => ids.has(id)));
    const [start, ...others] = ready;
    if (!start) return [];
    const size = ({ id }: StudyImage): number => changes.get(id) ?? 0;
    return [others.reduce((a, b) => (size(b) > size(a) ? b : a), start)];
  };
  return [
    ...most(first.images.filter(({ mos }) => mos >= 50)),
    ...most(first.images.filter(({ mos }) => mos < 50)),
  ];
}

function tileOf(
  run: StudyRun,
  label: string,
  imageId: number,
  { scored }: FigureOptions,
): Tile | null {
  const batch = attackOf(run, label);
  const row = keptRows(run, label).find((each) => each.imageId === imageId);
  if (!batch || !row) return null;
  const variant = meanSsim(batch)?.variant;
  const ssim = variant === undefined ? null : (row.ssim[variant] ?? null);
  return { batch, row, after: scored === 'float' ? row.attackedFloat : row.attackedEightBit, ssim };
}
