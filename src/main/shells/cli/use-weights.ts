import { Option, type Command } from 'commander';
import type { ImportedScale } from '@shared/domain/run';
import { findWeightsByName } from '../../weights/find-by-name';
import { UsageError, type CliEnvironment } from './environment';
import { findDataset, findModel, findSplit } from './find';
import { integer } from './parsers';
import { withSession, type Session } from './session';
import { parseSettings } from './settings';
import { collect, examples } from './verb';
import { describeRun } from './verbs/train';

interface Options {
  twin?: string;
  asTwin?: boolean;
  dataset?: string;
  split?: string;
  name?: string;
  seed: number;
  scale: ImportedScale;
  set?: string[];
}

/** `weights use`: a whole model's file becomes a run without a step of training. */
export function useCommand(weights: Command, environment: CliEnvironment): void {
  const command = weights
    .command('use <file>')
    .summary('make a run of a whole model’s weights, without training')
    .description(
      'The run can be scored, attacked and measured like any other, and is called imported\n' +
        'everywhere. With --twin, the two files become a pair. The lab cannot know on which pictures\n' +
        'the weights were trained: if test pictures were among them, results are too good.',
    )
    .option('--twin <file>', 'a second file of the same model, trained with NT')
    .option('--as-twin', 'the one file was trained with NT')
    .option('--dataset <id>', 'data set by number or name (default: the newest)')
    .option('--split <id>', 'split by number or name (default: the newest of the data set)')
    .option('--name <name>', 'name of the run or pair')
    .option('--seed <n>', 'seed of the views', integer(0), 1)
    .addOption(
      new Option(
        '--scale <which>',
        'scores on the model’s own scale, or by a line fitted on the training pictures',
      )
        .choices(['own', 'fitted'])
        .default('own'),
    )
    .option('--set <name=value>', 'a setting of model or views; may be repeated', collect)
    .addHelpText(
      'after',
      examples(
        'iqalab weights use hyperiqa-koniq --scale fitted',
        'iqalab weights use base.pth --twin nt.pth --name "HyperIQA, as published"',
        'iqalab weights use hyperiqa-koniq --set trainer.testViews=10',
      ),
    );
  command.action(async (file: string, options: Options) => {
    await withSession(environment, command, { workspace: 'existing' }, (session) =>
      use(session, file, options),
    );
  });
}

async function use(session: Session, given: string, options: Options): Promise<void> {
  const { lab, terminal } = session;
  if (options.twin !== undefined && options.asTwin) {
    throw new UsageError('--as-twin says what the one file is; with --twin there are two');
  }
  const dataset = await findDataset(lab, options.dataset);
  const split = await findSplit(lab, dataset, options.split);
  const file = await findWeightsByName(lab, given);
  const twin = options.twin === undefined ? null : await findWeightsByName(lab, options.twin);
  const asked = options.set ?? [];
  const model =
    asked.length === 0 ? null : findModel(await lab.call('catalogue.get', {}), file.facts.id);
  const set = parseSettings(asked, { model: model?.params ?? [], trainer: model?.trainer ?? [] });
  const { runs, pair } = await lab.call('run.import', {
    draft: {
      name: options.name ?? `${file.facts.title}, imported`,
      datasetId: dataset.id,
      splitId: split.id,
      baseline: options.asTwin ? null : file.sha256,
      twin: options.asTwin ? file.sha256 : (twin?.sha256 ?? null),
      modelParams: set.model,
      trainer: set.trainer,
      seed: options.seed,
      scale: options.scale,
    },
  });
  await session.wait(runs.map(({ trainJobId }) => trainJobId));
  for (const { id } of runs) terminal.out(describeRun(await lab.call('run.get', { id })));
  session.next(pair ? `evaluate --pair ${pair.id}` : `evaluate --run ${runs[0]?.id ?? ''}`);
}
