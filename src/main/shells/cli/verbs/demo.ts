import { rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import demo from '../../../../../resources/experiments/demo.json';
import { parseExperiment } from '../../../experiment/schema';
import { integer } from '../parsers';
import { runAndReport, type ExperimentReport } from '../run-experiment';
import { withSession, type Session } from '../session';
import { examples, type Verb } from '../verb';

/** Ignored by git, so that trying the lab in its own folder leaves nothing behind to commit. */
const demoWorkspace = '.demo';

interface Options {
  json?: string;
  seed: number;
}

const verb: Verb = (program, environment) => {
  const command = program
    .command('demo')
    .summary('from nothing to a finished pair with figures')
    .description(
      'Generates a synthetic data set, trains a light model and its NT twin, attacks both, measures\n' +
        `their gradients, and writes figures and tables. Works in ./${demoWorkspace} unless --workspace names\n` +
        'another folder; run again with the same seed, it keeps what is finished and does the rest.',
    )
    .option('--json <file>', 'also write the numbers to a file that programs read')
    .option('--seed <n>', 'seed of pictures, split, training and attack', integer(0), 1)
    .addHelpText(
      'after',
      examples('iqalab demo', 'iqalab demo --seed 7 --json summary.json --engine wasm'),
    );
  command.action(async (options: Options) => {
    const startedMs = performance.now();
    const plan = { ...parseExperiment(JSON.stringify(demo), 'demo.json'), seed: options.seed };
    const session = { workspace: 'create', fallback: demoWorkspace } as const;
    await withSession(environment, command, session, async (open) => {
      const report = await runAndReport(open, plan, environment.cwd, `demo --seed ${options.seed}`);
      const seconds = (performance.now() - startedMs) / 1000;
      open.terminal.out(`Finished in ${seconds.toFixed(1)} s.`);
      if (options.json !== undefined) {
        const path = resolve(environment.cwd, options.json);
        await writeWhole(
          path,
          `${JSON.stringify(jsonSummary(open, report, options.seed, seconds), null, 2)}\n`,
        );
        open.terminal.out(`Numbers for programs: ${path}`);
      }
      open.next('serve --open');
    });
  });
};
export default verb;

/** Machine-readable summary; `version` changes when a field changes its meaning. */
function jsonSummary(
  { workspace }: Session,
  { result, twins }: ExperimentReport,
  seed: number,
  seconds: number,
) {
  const { dataset, split, files, engine } = result;
  return {
    version: 1,
    synthetic: dataset.synthetic,
    engine: { name: engine.name, description: engine.description, versions: engine.versions },
    seed,
    dataset: {
      name: dataset.name,
      images: dataset.imageCount,
      ...split.counts,
      contentHash: dataset.contentHash,
    },
    twins,
    workspace,
    files: files.map(({ path }) => path),
    seconds: Number(seconds.toFixed(1)),
  };
}

/** Writes beside and renames, so that nobody ever reads half a file. */
async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
