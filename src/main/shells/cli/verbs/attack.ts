import { withChosenFiles } from '../../../weights/find-by-name';
import { findAttack, findById, findRuns } from '../find';
import { integer } from '../parsers';
import { printTables } from '../print-tables';
import { withSession, type Session } from '../session';
import { parseSettings } from '../settings';
import { collect, examples, type Verb } from '../verb';
import { batchOptions, type BatchOptions } from '../batch';

interface Options extends BatchOptions {
  preset?: string;
  seed: number;
  limit?: number;
  set?: string[];
}

const verb: Verb = (program, environment) => {
  const command = batchOptions(program.command('attack <attack>'))
    .summary('attack trained runs')
    .description(
      'Attacks every picture of one side. Rows are stored as they finish, so a stopped attack\n' +
        'continues where it was. The settings of an attack are listed by: iqalab attacks <attack>.',
    )
    .option('--preset <id>', 'a named set of values, applied over the defaults')
    .option('--seed <n>', 'seed', integer(0), 1)
    .option('--limit <n>', 'only the first N pictures', integer(1))
    .option('--set <name=value>', 'a setting of the attack, or run.NAME; may be repeated', collect)
    .addHelpText(
      'after',
      examples(
        'iqalab attack fgsm',
        'iqalab attack i-fgsm --set epsilon=0.01 --set steps=10',
        'iqalab attack fgsm --set epsilon=1/255 --set run.unit=image --limit 50',
      ),
    );
  command.action(async (attackId: string, options: Options) => {
    await withSession(environment, command, { workspace: 'existing' }, (session) =>
      attack(session, attackId, options),
    );
  });
};
export default verb;

async function attack(session: Session, attackId: string, options: Options): Promise<void> {
  const { lab } = session;
  const catalogue = await lab.call('catalogue.get', {});
  const info = findAttack(catalogue, attackId);
  const given = parseSettings(options.set ?? [], {
    attack: info.params,
    run: catalogue.attackRun,
  });
  const preset = options.preset ? findById('preset', info.presets, options.preset).params : {};
  const runIds = (await findRuns(lab, options)).map(({ id }) => id);
  const { side } = options;
  const { jobIds } = await lab.call('attack.start', {
    runIds,
    side,
    attackId: info.id,
    params: await withChosenFiles(lab, info.params, { ...preset, ...given.attack }),
    run: given.run,
    seed: options.seed,
    limit: options.limit ?? null,
  });
  await session.wait(jobIds);
  const selection = { runIds, side };
  const study = await lab.call('study.load', selection);
  const mine = study.runs
    .flatMap(({ attacks }) => attacks)
    .find(({ jobId }) => jobIds.includes(jobId));
  await printTables(session, ['robustness'], selection, { scored: 'float', attack: mine?.label });
  session.next('norms');
}
