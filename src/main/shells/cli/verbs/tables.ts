import { tables } from '@shared/tables';
import { drawnOptions, type DrawnOptions } from '../batch';
import { findRuns } from '../find';
import { listing } from '../listing';
import { printTables } from '../print-tables';
import { withSession } from '../session';
import { examples, type Verb } from '../verb';

interface TableOptions extends DrawnOptions {
  list?: boolean;
  paper?: boolean;
  joined?: boolean;
}

const verb: Verb = (program, environment) => {
  const command = drawnOptions(program.command('tables [table...]'))
    .summary('print tables of stored results')
    .description(
      `Prints tables as text; without names, all of: ${tables.map(({ id }) => id).join(', ')}.`,
    )
    .option('--list', 'only list what there is and what it lacks')
    .option('--joined', 'both twins in one cell, "base / +NT", as the paper sets its tables')
    .option('--paper', 'the paper\u2019s printed values beside ours, in tables that have them')
    .addHelpText(
      'after',
      examples('iqalab tables', 'iqalab tables clean --pair 2', 'iqalab tables rmse --paper'),
    );
  command.action(async (ids: readonly string[], options: TableOptions) => {
    await withSession(environment, command, { workspace: 'existing' }, async (session) => {
      const runIds = (await findRuns(session.lab, options)).map(({ id }) => id);
      const { side, scored, attack, paper, joined } = options;
      const drawn = { scored, attack, paper, joined };
      if (options.list) {
        const study = await session.lab.call('study.load', { runIds, side });
        for (const line of listing(study, drawn, ['table'])) session.terminal.out(line);
        return;
      }
      const chosen = ids.length > 0 ? ids : tables.map(({ id }) => id);
      await printTables(session, chosen, { runIds, side }, drawn);
      session.next('export');
    });
  });
};
export default verb;
