import { Option } from 'commander';
import type { FigureOptions, Study } from '@shared/domain/study';
import { figures, findFigure } from '@shared/figures';
import { figureFormatIds, tableFormatIds } from '@shared/export-formats';
import type { Exported } from '@shared/rpc';
import { nearest } from '@shared/params';
import { findTable, tables } from '@shared/tables';
import { printedText } from '../../../experiment/export-steps';
import { drawnOptions, type DrawnOptions } from '../batch';
import { UsageError } from '../environment';
import { findRuns } from '../find';
import { eachOneOf, number } from '../parsers';
import { withSession, type Session } from '../session';
import { collect, examples, type Verb } from '../verb';
import { listing } from '../listing';

interface Options extends DrawnOptions {
  figure?: string[];
  table?: string[];
  format?: string[];
  width?: number;
  height?: number;
  fontPt: number;
  font: 'serif' | 'sans';
  dpi: number;
  list?: boolean;
  image?: string[];
  paper?: boolean;
  joined?: boolean;
}

/** Anything that can be written once its ingredients are there. */
interface Exportable {
  readonly id: string;
  readonly title: string;
  needs(study: Study, options: FigureOptions): readonly { reason: string }[];
}

const formats = [...new Set<string>([...figureFormatIds, ...tableFormatIds])];

const verb: Verb = (program, environment) => {
  const { fontPt, font, dpi } = printedText;
  const command = drawnOptions(program.command('export'))
    .summary('write figures and tables into the workspace')
    .description(
      'Writes figures and tables as files at their printed size. Without names, everything for\n' +
        'which the results are there.',
    )
    .option('--figure <id>', 'a figure; may be repeated', collect)
    .option('--table <id>', 'a table; may be repeated', collect)
    .option(
      '--format <format>',
      `a format, may be repeated: ${formats.join(', ')}`,
      eachOneOf(formats),
    )
    .option('--width <inches>', 'width of figures (default: what suits each)', number(1, 20))
    .option('--height <inches>', 'height of figures (default: what suits each)', number(1, 20))
    .option('--font-pt <size>', 'size of text in figures, in points', number(5, 24), fontPt)
    .addOption(
      new Option('--font <font>', 'font of figures').choices(['serif', 'sans']).default(font),
    )
    .option('--dpi <n>', 'resolution of PNG', number(72, 1200), dpi)
    .option('--list', 'only list what there is and what it lacks')
    .option('--image <name>', 'a picture of an image plate, may be repeated', collect)
    .option('--joined', 'both twins in one cell of a table, "base / +NT", as in the paper')
    .option('--paper', 'the paper\u2019s printed values beside ours, in tables that have them')
    .addHelpText(
      'after',
      examples(
        'iqalab export',
        'iqalab export --figure before-after --format pdf --width 6.875',
        'iqalab export --table clean --table robustness --format latex',
        'iqalab export --figure plate --image 12.bmp --format png',
        'iqalab export --table rmse --paper --format markdown',
      ),
    );
  command.action(async (options: Options) => {
    await withSession(environment, command, { workspace: 'existing' }, (session) =>
      exportChosen(session, options),
    );
  });
};
export default verb;

async function exportChosen(session: Session, options: Options): Promise<void> {
  const { lab, terminal } = session;
  const runIds = (await findRuns(lab, options)).map(({ id }) => id);
  const selection = { runIds, side: options.side };
  const study = await lab.call('study.load', selection);
  const drawn: FigureOptions = {
    scored: options.scored,
    attack: options.attack,
    paper: options.paper,
    joined: options.joined,
    imageIds: options.image?.map((name) => findPicture(study, name)),
  };
  if (options.list) {
    for (const line of listing(study, drawn, ['figure', 'table'])) terminal.out(line);
    return;
  }
  const named = Boolean(options.figure?.length ?? options.table?.length);
  const ready = <T extends Exportable>(items: readonly T[]) =>
    items.filter((item) => item.needs(study, drawn).length === 0);
  const chosenFigures = named ? (options.figure ?? []).map(findFigure) : ready(figures);
  const chosenTables = named ? (options.table ?? []).map(findTable) : ready(tables);
  refuseIncomplete([...chosenFigures, ...chosenTables], study, drawn);

  const { fontPt, font, dpi } = options;
  const files: Exported[] = [];
  for (const { id, size: usual } of chosenFigures) {
    const widthIn = options.width ?? usual.widthIn;
    const heightIn = options.height ?? usual.heightIn;
    const size = { widthIn, heightIn, fontPt, font, dpi };
    for (const format of chosen(figureFormatIds, options.format, ['pdf', 'svg', 'png'])) {
      const args = { figureId: id, selection, options: drawn, size, format };
      files.push(await lab.call('export.figure', args));
    }
  }
  for (const { id } of chosenTables) {
    for (const format of chosen(tableFormatIds, options.format, ['csv', 'markdown', 'latex'])) {
      const args = { tableId: id, selection, options: drawn, format };
      files.push(await lab.call('export.table', args));
    }
  }
  for (const { path } of files) terminal.out(path);
  if (files.length === 0)
    terminal.note('Nothing could be written yet: iqalab export --list says why.');
  else session.next('serve --open');
}

/** Id of a picture of the study by its name. */
function findPicture(study: Study, name: string): number {
  const images = study.runs.flatMap((run) => run.images);
  const image = images.find((each) => each.name === name);
  if (image) return image.id;
  const near = nearest(
    name,
    images.map((each) => each.name),
  );
  throw new UsageError(
    `There is no picture "${name}" on the ${study.selection.side} side.${near ? ` Did you mean "${near}"?` : ''}`,
  );
}

/** The formats asked for that this kind of thing has; its usual ones where none was named. */
function chosen<F extends string>(all: readonly F[], asked: string[] | undefined, usual: F[]): F[] {
  return asked ? all.filter((format) => asked.includes(format)) : usual;
}

function refuseIncomplete(items: readonly Exportable[], study: Study, drawn: FigureOptions): void {
  for (const item of items) {
    const [missing] = item.needs(study, drawn);
    if (missing) throw new UsageError(`${item.id} cannot be made yet: ${missing.reason}`);
  }
}
