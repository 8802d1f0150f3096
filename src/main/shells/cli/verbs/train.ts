import type { Split } from '@shared/domain/dataset';
import type { Run } from '@shared/domain/run';
import type { Repeats } from '@shared/rpc';
import { repeatsOf } from '@shared/splits/repeats';
import { Option } from 'commander';
import { checkOnly } from '../check-pair';
import { draftOf, draftOptions, type DraftOptions } from '../draft';
import { UsageError } from '../environment';
import { integer } from '../parsers';
import { withSession, type Session } from '../session';
import { examples, type Verb } from '../verb';

interface Options extends DraftOptions {
  repeats?: number;
  over: 'seeds' | 'splits';
  check?: boolean;
}

const verb: Verb = (program, environment) => {
  const command = draftOptions(program.command('train'))
    .summary('train a baseline and its NT twin')
    .description(
      'Trains a pair: a baseline and a twin that differs in the NT block only. The settings of a\n' +
        'model, their ranges and the values of the paper are listed by: iqalab models <model>.',
    )
    .option('--repeats <k>', 'train the pair K times, as one series', integer(2, 100))
    .addOption(
      new Option(
        '--over <what>',
        'what the repeats differ in: seeds N, N+1, ..., or repeated splits',
      )
        .choices(['seeds', 'splits'])
        .default('seeds'),
    )
    .option('--check', 'measure a few steps and tell time, memory and disk; start nothing')
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
  const { draft, split } = await draftOf(lab, options, options.repeats !== undefined);
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
