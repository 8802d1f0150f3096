import { runTwinName } from '@shared/twin';
import { columns } from '../columns';
import { withSession, type Session } from '../session';
import type { Verb } from '../verb';

const when = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

interface Listing {
  readonly verb: string;
  readonly summary: string;
  readonly headers: readonly string[];
  readonly rows: (session: Session) => Promise<string[][]>;
}

const listings: readonly Listing[] = [
  {
    verb: 'datasets',
    summary: 'list the data sets of the workspace',
    headers: ['id', 'name', 'pictures', 'ratings', 'imported', 'folder'],
    rows: async ({ lab }) =>
      (await lab.call('dataset.list', {})).map((dataset) => [
        String(dataset.id),
        dataset.synthetic ? `${dataset.name} (synthetic)` : dataset.name,
        String(dataset.imageCount),
        `${dataset.scoreKind.toUpperCase()} ${dataset.scoreMin} to ${dataset.scoreMax}`,
        when(dataset.createdAtMs),
        dataset.root,
      ]),
  },
  {
    verb: 'runs',
    summary: 'list the trained runs',
    headers: ['id', 'pairs', 'name', 'twin', 'state', 'epochs', 'judged by', 'engine'],
    rows: async ({ lab }) =>
      (await lab.call('run.list', {})).map((run) => [
        String(run.id),
        run.pairIds.join(', '),
        run.name,
        `${runTwinName(run) || 'baseline'}${run.spec.imported ? ', imported' : ''}`,
        run.state,
        `${run.epochsDone}/${run.epochsTotal}`,
        run.selectedEpoch === null || run.spec.imported
          ? ''
          : `epoch ${run.selectedEpoch} (${run.selection})`,
        run.engine ?? '',
      ]),
  },
  {
    verb: 'jobs',
    summary: 'list what ran, runs and waits',
    headers: ['id', 'kind', 'state', 'progress', 'title', 'note'],
    rows: async ({ lab }) =>
      (await lab.call('job.list', {})).map(({ id, kind, state, progress, title, note, error }) => [
        String(id),
        kind,
        state,
        progress ? `${progress.done}/${progress.total} ${progress.unit}` : '',
        title,
        error?.message ?? note ?? '',
      ]),
  },
];

/** The verbs that only list: one table each. */
const verb: Verb = (program, environment) => {
  for (const { verb: name, summary, headers, rows } of listings) {
    const command = program.command(name).summary(summary).description(summary);
    command.action(async () => {
      await withSession(environment, command, { workspace: 'existing' }, async (session) => {
        const found = await rows(session);
        for (const line of columns(headers, found, 120)) session.terminal.out(line);
        if (found.length === 0) session.terminal.note('There are none yet.');
      });
    });
  }
};
export default verb;
