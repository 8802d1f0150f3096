import { resolve } from 'node:path';
import type { SplitSpec } from '@shared/domain/dataset';
import { columns } from '../columns';
import { findDataset } from '../find';
import { integer, number } from '../parsers';
import { withSession, type Session } from '../session';
import { examples, type Verb } from '../verb';

interface Options {
  dataset?: string;
  name?: string;
  test: number;
  validation: number;
  seed: number;
  grouped: boolean;
  repeats: number;
  indexFile?: string;
  list?: boolean;
}

const verb: Verb = (program, environment) => {
  const command = program
    .command('split')
    .summary('divide a data set into training, validation and test')
    .description(
      'Makes a split. Pictures of one reference content stay on one side; identical or nearly\n' +
        'identical pictures on two sides are refused. A split cannot change once a run uses it.',
    )
    .option('--dataset <id>', 'data set by number or name (default: the newest)')
    .option('--name <name>', 'name of the split')
    .option('--test <share>', 'share of the pictures for testing', number(0, 0.95), 0.2)
    .option('--validation <share>', 'share of the rest for choosing the epoch', number(0, 0.9), 0.1)
    .option('--seed <n>', 'seed', integer(0), 1)
    .option('--no-grouped', 'ignore the reference content')
    .option('--repeats <k>', 'make K splits with seeds N, N+1, ...', integer(1, 100), 1)
    .option(
      '--index-file <file>',
      'take training and test positions from a JSON, CSV or pickle list',
    )
    .option('--list', 'only list the splits there are')
    .addHelpText(
      'after',
      examples(
        'iqalab split --dataset LIVEC --test 0.2 --seed 7',
        'iqalab split --repeats 10',
        'iqalab split --index-file livec_split.pkl',
      ),
    );
  command.action(async (options: Options) => {
    await withSession(environment, command, { workspace: 'existing' }, async (session) => {
      if (options.list) await listSplits(session, options);
      else await makeSplit(session, options);
    });
  });
};
export default verb;

async function makeSplit(session: Session, options: Options): Promise<void> {
  const { lab, environment } = session;
  const dataset = await findDataset(lab, options.dataset);
  const { seed, validation: validationShare } = options;
  let spec: SplitSpec = {
    method: 'random',
    seed,
    testShare: options.test,
    validationShare,
    grouped: options.grouped,
  };
  if (options.indexFile !== undefined) {
    const path = resolve(environment.cwd, options.indexFile);
    const index = await lab.call('split.readIndexFile', { datasetId: dataset.id, path });
    spec = { method: 'imported', ...index, seed, validationShare };
  }
  const name = options.name ?? (spec.method === 'imported' ? 'index file' : `seed ${seed}`);
  const made = await lab.call('split.create', {
    datasetId: dataset.id,
    name,
    spec,
    repeats: options.repeats,
  });
  for (const { id, name: stored, counts, scoreMin, scoreMax } of made) {
    session.terminal.out(
      `Stored split ${id}: ${stored} of ${dataset.name}, ${counts.train} training, ` +
        `${counts.validation} validation, ${counts.test} test; ratings ${scoreMin} to ${scoreMax}`,
    );
  }
  session.next(`train --dataset ${dataset.id} --split ${made[0]?.id ?? ''}`);
}

async function listSplits({ lab, terminal }: Session, options: Options): Promise<void> {
  const dataset = await findDataset(lab, options.dataset);
  const splits = await lab.call('split.list', { datasetId: dataset.id });
  const rows = splits.map(({ id, name, counts, spec, locked }) => [
    String(id),
    name,
    `${counts.train} / ${counts.validation} / ${counts.test}`,
    spec.method,
    String(spec.seed),
    locked ? 'in use, cannot change' : '',
  ]);
  terminal.out(`Splits of ${dataset.name}`);
  for (const line of columns(['id', 'name', 'train/val/test', 'method', 'seed', 'note'], rows)) {
    terminal.out(line);
  }
}
