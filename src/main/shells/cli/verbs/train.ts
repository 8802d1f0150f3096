import type { Split } from '@shared/domain/dataset';
import type { Run } from '@shared/domain/run';
import type { ParamValues } from '@shared/params';
import type { PairDraft, Repeats } from '@shared/rpc';
import { twinKinds, type TwinKind } from '@shared/twin';
import { repeatsOf } from '@shared/splits/repeats';
import { Option } from 'commander';
import { chooseInitial } from '../../../weights/find-by-name';
import { checkOnly } from '../check-pair';
import { UsageError } from '../environment';
import { findById, findDataset, findModel, findSplit } from '../find';
import { integer } from '../parsers';
import { withSession, type Session } from '../session';
import { parseSettings } from '../settings';
import { collect, examples, type Verb } from '../verb';

interface Options {
  dataset?: string;
  split?: string;
  model: string;
  preset?: string;
  twin: TwinKind;
  name?: string;
  seed: number;
  repeats?: number;
  over: 'seeds' | 'splits';
  set?: string[];
  weights?: string[];
  check?: boolean;
}

const verb: Verb = (program, environment) => {
  const command = program
    .command('train')
    .summary('train a baseline and its NT twin')
    .description(
      'Trains a pair: a baseline and a twin that differs in the NT block only. The settings of a\n' +
        'model, their ranges and the values of the paper are listed by: iqalab models <model>.',
    )
    .option('--dataset <id>', 'data set by number or name (default: the newest)')
    .option('--split <id>', 'split by number or name (default: the newest of the data set)')
    .option('--model <id>', 'model', 'cnniqa')
    .addOption(
      new Option('--twin <what>', 'what the twin adds: NT, adversarial training, or both')
        .choices([...twinKinds])
        .default('nt'),
    )
    .option('--preset <id>', 'a named set of values, applied over the defaults')
    .option('--name <name>', 'name of the pair')
    .option('--seed <n>', 'seed', integer(0), 1)
    .option('--repeats <k>', 'train the pair K times, as one series', integer(2, 100))
    .addOption(
      new Option(
        '--over <what>',
        'what the repeats differ in: seeds N, N+1, ..., or repeated splits',
      )
        .choices(['seeds', 'splits'])
        .default('seeds'),
    )
    .option(
      '--weights <id|scratch>',
      'what the model starts from, by entry, file name or SHA-256 (see: iqalab weights); may be repeated',
      collect,
    )
    .option('--check', 'measure a few steps and tell time, memory and disk; start nothing')
    .option('--set <name=value>', 'a setting of model, trainer, nt or at; may be repeated', collect)
    .addHelpText(
      'after',
      examples(
        'iqalab train --model cnniqa',
        'iqalab train --model dbcnn --weights scnn --weights vgg16',
        'iqalab train --model hyperiqa --weights scratch',
        'iqalab train --set trainer.epochs=20 --set nt.lambda=0.0005 --seed 3',
        'iqalab train --model maniqa --weights scratch --check',
        'iqalab train --twin at --set at.epsilon=4/255',
        'iqalab split --repeats 10 && iqalab train --repeats 10 --over splits',
      ),
    );
  command.action(async (options: Options) => {
    await withSession(environment, command, { workspace: 'existing' }, (session) =>
      train(session, options),
    );
  });
};
export default verb;

async function train(session: Session, options: Options): Promise<void> {
  const { lab, terminal } = session;
  const dataset = await findDataset(lab, options.dataset);
  const split = await findSplit(lab, dataset, options.split);
  const model = findModel(await lab.call('catalogue.get', {}), options.model);
  const given = parseSettings(options.set ?? [], {
    model: model.params,
    trainer: model.trainer,
    nt: model.nt,
    at: options.twin === 'nt' ? [] : model.at,
  });
  const none: ParamValues = {};
  const preset = options.preset
    ? findById('preset', model.presets, options.preset)
    : { model: none, trainer: none, nt: none };
  const draft: PairDraft = {
    name: options.name ?? (options.repeats ? model.title : `${model.title}, seed ${options.seed}`),
    datasetId: dataset.id,
    splitId: split.id,
    modelId: model.id,
    modelParams: { ...preset.model, ...given.model },
    trainer: { ...preset.trainer, ...given.trainer },
    nt: { ...preset.nt, ...given.nt },
    twin: options.twin,
    at: given.at,
    seed: options.seed,
    initial: await chooseInitial(lab, options.weights ?? []),
  };
  if (options.check) {
    await checkOnly(session, draft, options.repeats ?? 1);
    return;
  }
  const pairs = options.repeats
    ? await lab.call('pair.createRepeats', {
        draft,
        repeats: await repeatsFor(session, split, options.repeats, options.over),
      })
    : [await lab.call('pair.create', { draft })];
  for (const pair of pairs) terminal.note(`Pair ${pair.id}: ${pair.name}`);
  const ids = pairs.flatMap((pair) => [pair.baselineRunId, pair.ntRunId]);
  const queued = await Promise.all(ids.map((id) => lab.call('run.get', { id })));
  await session.wait(queued.map(({ trainJobId }) => trainJobId));
  for (const id of ids) terminal.out(describeRun(await lab.call('run.get', { id })));
  const series = pairs[0]?.series;
  session.next(series ? `evaluate --series ${series.id}` : `evaluate --pair ${pairs[0]?.id ?? ''}`);
}

/** @throws UsageError where the split has fewer repeats than asked for */
async function repeatsFor(
  { lab }: Session,
  split: Split,
  count: number,
  over: Options['over'],
): Promise<Repeats> {
  if (over === 'seeds') return { over, count };
  const splits = await lab.call('split.list', { datasetId: split.datasetId });
  const repeats = repeatsOf(splits, split).slice(0, count);
  if (repeats.length < count) {
    throw new UsageError(
      `--repeats ${count}: ${split.name} has ${repeats.length} repeats; make more with: iqalab split --repeats ${count}`,
    );
  }
  return { over, splitIds: repeats.map(({ id }) => id) };
}

/** One line about a finished training. */
export function describeRun(run: Run): string {
  if (run.spec.imported) {
    return `Stored run ${run.id}: ${run.name}, imported, weights ${run.weightsSha256?.slice(0, 12) ?? 'none'}`;
  }
  const chosen = run.selectedEpoch === null ? '' : `, judged by epoch ${run.selectedEpoch}`;
  const how = run.selection === 'test' ? ' (selected on test)' : '';
  return (
    `Stored run ${run.id}: ${run.name}, ${run.epochsDone} of ${run.epochsTotal} epochs${chosen}${how}` +
    `, weights ${run.weightsSha256?.slice(0, 12) ?? 'none'}, engine ${run.engine ?? 'none'}`
  );
}
