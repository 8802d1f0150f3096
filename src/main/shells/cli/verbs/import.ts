import { resolve } from 'node:path';
import type { ImportPreview, ImportReport, LabelMapping } from '@shared/domain/dataset';
import { usualName } from '../../../experiment/usual-name';
import { columns } from '../columns';
import { UsageError } from '../environment';
import { integer, number } from '../parsers';
import { withSession, type Session } from '../session';
import { examples, type Verb } from '../verb';

interface Options {
  name?: string;
  image?: string;
  score?: string;
  std?: string;
  group?: string;
  dmos?: boolean;
  min?: number;
  max?: number;
  decimalComma?: boolean;
  preview?: boolean;
  demo?: boolean;
  images: number;
  seed: number;
}

const shownProblems = 20;

const verb: Verb = (program, environment) => {
  const command = program
    .command('import [path]')
    .summary('bring in a folder of rated photographs')
    .description(
      'Imports a data set: the LIVEC release folder as published, or any folder with a CSV or XLSX\n' +
        'label file. Pictures are referenced where they are and never changed.',
    )
    .option('--name <name>', 'name of the data set')
    .option('--preview', 'only show what would be imported')
    .option('--image <column>', 'column with the file names')
    .option('--score <column>', 'column with the ratings')
    .option('--std <column>', 'column with the standard deviation of the ratings')
    .option('--group <column>', 'column that names the reference content')
    .option('--dmos', 'ratings are differences: lower is better')
    .option('--min <value>', 'lowest rating the raters could give', number())
    .option('--max <value>', 'highest rating the raters could give', number())
    .option('--decimal-comma', 'numbers are written 3,5')
    .option('--demo', 'generate the synthetic demo data set instead')
    .option('--images <n>', 'with --demo: how many pictures', integer(10, 10_000), 240)
    .option('--seed <n>', 'with --demo: seed', integer(0), 1)
    .addHelpText(
      'after',
      examples(
        'iqalab import ~/ChallengeDB_release',
        'iqalab import photos/ratings.csv --preview',
        'iqalab import photos --image file --score "MOS (mean)" --min 1 --max 5 --decimal-comma',
        'iqalab import --demo --images 200',
      ),
    );
  command.action(async (path: string | undefined, options: Options) => {
    if (Boolean(path) === Boolean(options.demo)) {
      throw new UsageError('import: name a folder or a label file, or say --demo');
    }
    await withSession(environment, command, { workspace: 'create' }, async (session) => {
      if (path === undefined) await importDemo(session, options);
      else await importFolder(session, resolve(environment.cwd, path), options);
    });
  });
};
export default verb;

async function importDemo(session: Session, { name, images, seed }: Options): Promise<void> {
  const args = { name: name ?? `Demo, seed ${seed}`, images, seed };
  const report = await withImportProgress(session, `Generating ${images} pictures`, () =>
    session.lab.call('dataset.createDemo', args),
  );
  await printReport(session, report);
}

async function importFolder(session: Session, path: string, options: Options): Promise<void> {
  const preview = await session.lab.call('dataset.preview', { path });
  const mapping = mergeMapping(preview, options);
  if (options.preview) {
    printPreview(session, preview, mapping);
    return;
  }
  const name = options.name ?? usualName(preview);
  const report = await withImportProgress(session, `Importing ${name}`, () =>
    session.lab.call('dataset.import', { path, name, importer: preview.importer, mapping }),
  );
  await printReport(session, report);
}

/** The importer's guess with what the person said over it. */
function mergeMapping(preview: ImportPreview, options: Options): LabelMapping | null {
  if (preview.mapping === null) return null;
  const { image, score, std, group, dmos, min, max, decimalComma } = options;
  for (const column of [image, score, std, group]) {
    if (column !== undefined && !preview.columns.includes(column)) {
      throw new UsageError(
        `import: the label file has no column "${column}"`,
        `Its columns are: ${preview.columns.join(', ')}.`,
      );
    }
  }
  return {
    ...preview.mapping,
    ...(image !== undefined && { image }),
    ...(score !== undefined && { score }),
    ...(std !== undefined && { std }),
    ...(group !== undefined && { group }),
    ...(dmos && { scoreKind: 'dmos' as const }),
    ...(min !== undefined && { scoreMin: min }),
    ...(max !== undefined && { scoreMax: max }),
    ...(decimalComma && { decimal: ',' as const }),
  };
}

function printPreview(
  { terminal, next }: Session,
  preview: ImportPreview,
  mapping: LabelMapping | null,
): void {
  terminal.out(`${preview.title}: ${preview.rowCount} rated pictures in ${preview.imageFolder}`);
  for (const note of preview.notes) terminal.out(`  ${note}`);
  if (mapping) {
    const kind = mapping.scoreKind === 'mos' ? 'MOS, higher is better' : 'DMOS, lower is better';
    terminal.out(
      `  pictures in column "${mapping.image}", ratings in "${mapping.score}" (${kind}), ` +
        `${mapping.scoreMin} to ${mapping.scoreMax}`,
    );
  }
  for (const line of columns(preview.columns, preview.rows)) terminal.out(line);
  next('import PATH');
}

async function withImportProgress<T>(
  { lab, progress }: Session,
  title: string,
  body: () => Promise<T>,
): Promise<T> {
  progress.start(title);
  const end = lab.on('import.progress', ({ done, total, phase }) =>
    progress.update({ done, total, unit: 'pictures', phase, leftMs: null }),
  );
  try {
    const result = await body();
    progress.finish(`done: ${title}`);
    return result;
  } finally {
    end();
  }
}

async function printReport(session: Session, report: ImportReport): Promise<void> {
  const { lab, terminal } = session;
  const dataset = (await lab.call('dataset.list', {})).find(({ id }) => id === report.datasetId);
  const synthetic = dataset?.synthetic ? ' (synthetic)' : '';
  terminal.out(
    `Stored data set ${report.datasetId}: ${dataset?.name ?? ''}${synthetic}, ${report.imported} pictures`,
  );
  if (report.excluded.length > 0) terminal.out(`Excluded: ${report.excluded.join(', ')}`);
  if (report.problems.length > 0) {
    terminal.out(`${report.problems.length} could not be used:`);
    const rows = report.problems
      .slice(0, shownProblems)
      .map(({ kind, name, reason }) => [`  ${kind}`, name, reason]);
    for (const line of columns(['  problem', 'name', 'reason'], rows)) terminal.out(line);
    const more = report.problems.length - shownProblems;
    if (more > 0) terminal.out(`  ... and ${more} more, listed in the app under Data.`);
  }
  session.next(`split --dataset ${report.datasetId}`);
}
