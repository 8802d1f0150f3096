import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { LabError } from '@shared/errors';
import { agrees, tolerance, type Comparison } from '../../../recipe/compare';
import { parseRecipe } from '../../../recipe/read';
import { reproduce } from '../../../recipe/reproduce';
import { columns } from '../columns';
import { experimentNarrator } from '../run-experiment';
import { withSession } from '../session';
import { collect, examples, type Verb } from '../verb';

interface Options {
  data?: string;
  weights?: string[];
  print?: boolean;
}

const verb: Verb = (program, environment) => {
  const command = program
    .command('reproduce <recipe>')
    .summary('make a figure or table again from its recipe and compare')
    .description(
      'Does the experiment of a recipe, which lies beside every exported figure and table, from the\n' +
        'pictures on, in a workspace of its own unless --workspace names one, and says which numbers\n' +
        'agree. Run again, it goes on where it was stopped.',
    )
    .option('--data <folder>', 'where the pictures and ratings lie; a recipe holds no paths')
    .option('--weights <path>', 'a weight file or folder of them, may be repeated', collect)
    .option('--print', 'only print the experiment files of the recipe')
    .addHelpText(
      'after',
      examples(
        'iqalab reproduce paper-bundle/tables/clean.recipe.json --data ChallengeDB_release',
        'iqalab reproduce figure.recipe.json --print > experiment.json',
      ),
    );
  command.action(async (file: string, options: Options) => {
    const { cwd, terminal } = environment;
    const path = resolve(cwd, file);
    const recipe = parseRecipe(await readText(path), basename(path));
    if (options.print) {
      for (const each of recipe.experiments) terminal.out(JSON.stringify(each.file, null, 2));
      return;
    }
    const fallback = `reproduced-${recipe.id}`;
    await withSession(environment, command, { workspace: 'create', fallback }, async (session) => {
      const { lab, engine } = session;
      for (const each of options.weights ?? [])
        await lab.call('weights.add', { path: resolve(cwd, each) });
      const made = await reproduce(lab, recipe, {
        engine,
        dataFolder: options.data === undefined ? null : resolve(cwd, options.data),
        wait: (jobIds) => session.wait(jobIds, `reproduce ${file}`),
        narrator: experimentNarrator(session),
      });
      terminal.out(`${recipe.title}: ${made.file.path}`);
      for (const note of made.notes) terminal.note(note);
      if (!made.ranAgain)
        terminal.note(
          'Nothing was run again: this workspace had every result already. Name another with --workspace to start from nothing.',
        );
      report((line) => terminal.out(line), made.comparison);
    });
  });
};
export default verb;

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new LabError(
      {
        kind: 'missing-file',
        message: `${path} could not be read: ${error instanceof Error ? error.message : 'unknown reason'}`,
        safe: 'Nothing was started.',
        next: 'A recipe lies beside every exported figure and table; its name ends with .recipe.json.',
      },
      { cause: error },
    );
  }
}

/** Prints which numbers agree. @throws LabError `conflict` where some do not */
function report(out: (line: string) => void, comparison: Comparison): void {
  if (comparison.shape !== null) {
    throw new LabError({
      kind: 'conflict',
      message: `the numbers cannot be compared: ${comparison.shape}`,
      safe: 'What was made again is kept.',
      next: 'Compare the files by eye; another version of the lab may write other columns.',
    });
  }
  const rows = comparison.columns.map(({ column, count, equal, close, worst }) => [
    column,
    String(count),
    String(equal),
    String(close),
    worst === 0 ? '0' : Number.isFinite(worst) ? worst.toExponential(1) : 'missing',
  ]);
  const headers = ['numbers', 'count', 'equal', 'within 0.1 %', 'largest difference'];
  for (const line of columns(headers, rows, 140)) out(line);
  const sum = (of: 'count' | 'equal' | 'close'): number =>
    comparison.columns.reduce((total, column) => total + column[of], 0);
  const [count, equal, close] = [sum('count'), sum('equal'), sum('close')];
  if (equal === count) out(`All ${count} numbers are equal to the last digit.`);
  else if (agrees(comparison))
    out(
      `All ${count} numbers agree within ${100 * tolerance} %; ${equal} are equal to the last digit.`,
    );
  else {
    throw new LabError({
      kind: 'conflict',
      message: `${count - close} of ${count} numbers differ by more than ${100 * tolerance} %`,
      safe: 'What was made again is kept.',
      next: 'Compare engine, versions and pictures with those in the recipe.',
    });
  }
}
