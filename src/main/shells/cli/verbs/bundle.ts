import { resolve } from 'node:path';
import { Option } from 'commander';
import { printedText } from '../../../experiment/export-steps';
import { drawnOptions, type DrawnOptions } from '../batch';
import { findRuns } from '../find';
import { number } from '../parsers';
import { withSession, type Session } from '../session';
import { examples, type Verb } from '../verb';

interface Options extends DrawnOptions {
  out?: string;
  name: string;
  replace?: boolean;
  fontPt: number;
  font: 'serif' | 'sans';
  dpi: number;
  paper?: boolean;
  joined?: boolean;
}

const verb: Verb = (program, environment) => {
  const { fontPt, font, dpi } = printedText;
  const command = drawnOptions(program.command('bundle'))
    .summary('write all figures and tables as one folder for a paper')
    .description(
      'Writes every figure and table that has its results, in all formats, with captions, recipes and\n' +
        'checksums, into one folder. A figure of one pair or attack is written for each of them.',
    )
    .option('--out <folder>', 'folder to put it into (default: the exports of the workspace)')
    .option('--name <name>', 'name of its own folder', 'paper-bundle')
    .option('--replace', 'replace an earlier bundle of this name')
    .option('--font-pt <size>', 'size of text in figures, in points', number(5, 24), fontPt)
    .addOption(
      new Option('--font <font>', 'font of figures').choices(['serif', 'sans']).default(font),
    )
    .option('--dpi <n>', 'resolution of PNG', number(72, 1200), dpi)
    .option('--joined', 'both twins in one cell of a table, "base / +NT", as in the paper')
    .option('--paper', 'the paper\u2019s printed values beside ours, in tables that have them')
    .addHelpText(
      'after',
      examples('iqalab bundle', 'iqalab bundle --pair all --out ~/paper --name results --replace'),
    );
  command.action(async (options: Options) => {
    await withSession(environment, command, { workspace: 'existing' }, (session) =>
      writeBundle(session, options),
    );
  });
};
export default verb;

async function writeBundle(session: Session, options: Options): Promise<void> {
  const { lab, terminal, progress, environment } = session;
  const runIds = (await findRuns(lab, options)).map(({ id }) => id);
  const { side, scored, attack, paper, joined, fontPt, font, dpi, name, out, replace } = options;
  progress.start('writing the bundle');
  const end = lab.on('bundle.progress', ({ done, total, phase }) =>
    progress.update({ done, total, unit: 'parts', phase, leftMs: null }),
  );
  const bundle = await lab
    .call('export.bundle', {
      name,
      selection: { runIds, side },
      options: { scored, attack, paper, joined },
      size: { fontPt, font, dpi },
      path: out === undefined ? null : resolve(environment.cwd, out),
      overwrite: replace ?? false,
    })
    .finally(end);
  progress.abandon();
  const { path, figures, tables, files, leftOut } = bundle;
  terminal.out(path);
  terminal.note(`${figures} figures and ${tables} tables in ${files} files.`);
  for (const { title, reason } of leftOut) terminal.note(`Left out: ${title}: ${reason}`);
  const recipe = resolve(path, 'tables', 'clean.recipe.json');
  terminal.note(`Next: iqalab reproduce ${recipe}`);
}
