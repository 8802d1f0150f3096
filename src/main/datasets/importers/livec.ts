import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ImportPreview } from '@shared/domain/dataset';
import { LabError } from '@shared/errors';
import { PREVIEW_ROWS, type Importer, type LabelEntry, type LabelSet } from '../importer';
import { readMat5, type MatValue } from '../labels/mat5';
import { readLabelFile } from '../labels/read-table';

/**
 * LIVE In the Wild Image Quality Challenge Database (D. Ghadiyaram and A. C. Bovik, IEEE TIP 2016), the release folder as
 * published. Its first seven rows are the pictures that trained the raters; every published evaluation, and the paper's
 * index file, count from the eighth.
 */
const TRAINING_IMAGES = 7;
const title = 'LIVE In the Wild (LIVEC, CLIVE)';

const livec: Importer = {
  id: 'livec',
  title,

  async recognises(path) {
    return (await findRelease(path)) === null ? 0 : 1;
  },

  async preview(path): Promise<ImportPreview> {
    const release = await openRelease(path);
    const { names, mos, std } = await readLabels(release);
    const rows = names
      .slice(TRAINING_IMAGES, TRAINING_IMAGES + PREVIEW_ROWS)
      .map((name, i) => [name, String(mos[i + TRAINING_IMAGES]), String(std[i + TRAINING_IMAGES])]);
    return {
      importer: livec.id,
      title,
      imageFolder: join(release, 'Images'),
      labelFile: join(release, 'Data', 'AllMOS_release.mat'),
      columns: ['image', 'MOS', 'standard deviation'],
      rows,
      rowCount: names.length - TRAINING_IMAGES,
      mapping: null,
      notes: [`The ${TRAINING_IMAGES} pictures that trained the raters are left out.`],
    };
  },

  async read(path): Promise<LabelSet> {
    const root = await openRelease(path);
    const { names, mos, std } = await readLabels(root);
    const entries: LabelEntry[] = names.slice(TRAINING_IMAGES).map((name, position) => ({
      position,
      name,
      score: mos[position + TRAINING_IMAGES] ?? Number.NaN,
      std: std[position + TRAINING_IMAGES] ?? null,
      group: null,
    }));
    return {
      root,
      imageFolders: ['Images'],
      scoreKind: 'mos',
      scoreMin: 0,
      scoreMax: 100,
      synthetic: false,
      entries,
      excluded: names.slice(0, TRAINING_IMAGES).map((name) => `${name}: trained the raters`),
      problems: [],
      notes: [],
    };
  },
};
export default livec;

/** The release folder, whether it, its parent, or one of its own folders was chosen. */
async function findRelease(path: string): Promise<string | null> {
  const parent = dirname(path);
  const inside = ['Data', 'Images'].includes(basename(path)) || /\.mat$/i.test(path);
  const candidates = [
    path,
    join(path, 'ChallengeDB_release'),
    ...(inside ? [parent, dirname(parent)] : []),
  ];
  for (const candidate of candidates) {
    const labels = await stat(join(candidate, 'Data', 'AllMOS_release.mat')).catch(() => null);
    if (labels?.isFile()) return candidate;
  }
  return null;
}

async function openRelease(path: string): Promise<string> {
  const release = await findRelease(path);
  if (release !== null) return release;
  throw new LabError({
    kind: 'missing-file',
    message: `"${path}" is not the LIVEC release: there is no Data/AllMOS_release.mat.`,
    safe: 'Nothing was imported.',
    next: 'Choose the folder "ChallengeDB_release" as it was published.',
  });
}

async function readLabels(
  release: string,
): Promise<{ names: string[]; mos: readonly number[]; std: readonly number[] }> {
  const names = toNames(await readVariable(release, 'AllImages_release'));
  const mos = toNumbers(await readVariable(release, 'AllMOS_release'));
  const std = toNumbers(await readVariable(release, 'AllStdDev_release'));
  if (names.length > TRAINING_IMAGES && names.length === mos.length && mos.length === std.length) {
    return { names, mos, std };
  }
  throw damaged(`${names.length} names, ${mos.length} ratings and ${std.length} deviations`);
}

async function readVariable(release: string, name: string): Promise<MatValue> {
  const source = `${name}.mat`;
  const variables = readMat5(await readLabelFile(join(release, 'Data', source)), source);
  const value = variables.get(name);
  if (value) return value;
  throw damaged(`${source} without the variable "${name}"`);
}

function toNumbers(value: MatValue): readonly number[] {
  if (value.kind === 'numbers') return value.values;
  throw damaged(`${value.kind} where numbers are expected`);
}

function toNames(value: MatValue): string[] {
  if (value.kind !== 'cells') throw damaged(`${value.kind} where cells of names are expected`);
  return value.cells.map((cell) => {
    if (cell.kind === 'text') return cell.text.trim();
    throw damaged('a name that is no text');
  });
}

function damaged(what: string): LabError {
  return new LabError({
    kind: 'unreadable-file',
    message: `The LIVEC label files hold ${what}.`,
    safe: 'Nothing was imported.',
    next: 'Unpack the release again; AllImages, AllMOS and AllStdDev must come from the same one.',
  });
}
