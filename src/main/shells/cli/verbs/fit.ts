import type { FitInfo } from '@shared/domain/catalogue';
import { must } from '@shared/errors';
import { batchOptions, type BatchOptions } from '../batch';
import { columns } from '../columns';
import { findById, findRuns } from '../find';
import { integer } from '../parsers';
import { withSession, type Session } from '../session';
import { describeSettings, parseSettings } from '../settings';
import { collect, examples, type Verb } from '../verb';

interface Options extends BatchOptions {
  preset?: string;
  seed: number;
  limit?: number;
  set?: string[];
}

const verb: Verb = (program, environment) => {
  const command = batchOptions(program.command('fit [fit]'), 'train')
    .summary('optimise a pattern or a network that an attack uses')
    .description(
      'Optimises something on the pictures of one side: a universal perturbation of a trained\n' +
        'model, a substitute model, a generator. The file it comes to goes into the inventory of\n' +
        'weights, and attacks name it there. Without a name, lists what can be fitted.',
    )
    .option('--preset <id>', 'a named set of values')
    .option('--seed <n>', 'seed of all its draws', integer(0), 1)
    .option('--limit <n>', 'only the first N pictures', integer(1))
    .option('--set <name=value>', 'a setting of the fit; may be repeated', collect)
    .addHelpText(
      'after',
      examples(
        'iqalab fit',
        'iqalab fit uap-optimised --run "CNNIQA, seed 1" --side train',
        'iqalab fit uap-optimised --pair 2 --set epochs=10',
        'iqalab attack uap --set pattern=uap-optimised-3f2a9c01.safetensors',
      ),
    );
  command.action(async (id: string | undefined, options: Options) => {
    const needs = id === undefined ? 'optional' : 'existing';
    await withSession(environment, command, { workspace: needs }, async (session) => {
      const { fits } = await session.lab.call('catalogue.get', {});
      if (id === undefined) list(session, fits);
      else await start(session, findById('fit', fits, id), options);
    });
  });
};
export default verb;

function list({ terminal, next }: Session, fits: readonly FitInfo[]): void {
  for (const fit of fits) {
    terminal.out(`${fit.id}: ${fit.title} (${fit.citation})`);
    terminal.out(`  ${fit.summary}`);
    if (fit.presets.length > 0) {
      terminal.out(`  presets: ${fit.presets.map(({ id }) => id).join(', ')}`);
    }
    const headers = ['setting', 'default', 'paper', 'range', 'what'];
    for (const line of columns(headers, describeSettings('', fit.params), 120)) {
      terminal.out(`  ${line}`);
    }
    terminal.out('');
  }
  next('fit NAME --run RUN');
}

async function start(session: Session, fit: FitInfo, options: Options): Promise<void> {
  const { lab, terminal } = session;
  const { preset } = options;
  const named = preset === undefined ? {} : findById('preset', fit.presets, preset).params;
  const { fit: given } = parseSettings(options.set ?? [], { fit: fit.params });
  const runs = await findRuns(lab, options);
  // Twins have the same pictures and ratings: what is fitted on those alone is the same for both.
  const runIds = (fit.on === 'data' ? runs.slice(0, 1) : runs).map(({ id }) => id);
  const { side, seed } = options;
  const { jobIds } = await lab.call('fit.start', {
    runIds,
    side,
    fitId: fit.id,
    params: { ...named, ...given },
    seed,
    limit: options.limit ?? null,
  });
  await session.wait(jobIds);
  const results = await lab.call('fit.results', {});
  for (const jobId of jobIds) {
    const { weights } = must(
      results.find((result) => result.jobId === jobId),
      'a fit that is done has a file',
    );
    terminal.out(`Stored ${weights.fileName}: ${weights.facts.title}, SHA-256 ${weights.sha256}`);
    for (const note of weights.facts.notes) terminal.out(`  ${note}`);
  }
  session.next('attack');
}
