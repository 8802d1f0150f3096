import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { LabError } from '@shared/errors';
import example from '../../../../../resources/experiments/example.json';
import { parseExperiment } from '../../../experiment/schema';
import { UsageError } from '../environment';
import { runAndReport } from '../run-experiment';
import { withSession } from '../session';
import { examples, type Verb } from '../verb';

interface Options {
  printExample?: boolean;
  check?: boolean;
}

const verb: Verb = (program, environment) => {
  const command = program
    .command('run [file]')
    .summary('do a whole experiment from a file')
    .description(
      'Does everything an experiment file describes: data set, split, pairs, scores, attacks, norms,\n' +
        'figures and tables. Run again, it reuses every step that is finished and does the rest.',
    )
    .option('--print-example', 'print a complete experiment file')
    .option('--check', 'only check the file')
    .addHelpText(
      'after',
      examples(
        'iqalab run --print-example > experiment.json',
        'iqalab run experiment.json --workspace study',
      ),
    );
  command.action(async (file: string | undefined, options: Options) => {
    const { terminal, cwd } = environment;
    if (options.printExample) {
      terminal.out(JSON.stringify(example, null, 2));
      return;
    }
    if (file === undefined) {
      throw new UsageError(
        'run: name an experiment file',
        'iqalab run --print-example shows a complete one.',
      );
    }
    const path = resolve(cwd, file);
    const plan = parseExperiment(await readText(path), basename(path));
    if (options.check) {
      terminal.out(`${basename(path)} is a valid experiment.`);
      return;
    }
    await withSession(environment, command, { workspace: 'create' }, async (session) => {
      await runAndReport(session, plan, dirname(path), `run ${file}`);
      session.next('serve --open');
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
        next: 'Check the name; iqalab run --print-example > experiment.json makes a file to start from.',
      },
      { cause: error },
    );
  }
}
