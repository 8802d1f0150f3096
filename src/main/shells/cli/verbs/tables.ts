import { tables } from '@shared/tables';
import { drawnOptions, type DrawnOptions } from '../batch';
import { findRuns } from '../find';
import { printTables } from '../print-tables';
import { withSession } from '../session';
import { examples, type Verb } from '../verb';

const verb: Verb = (program, environment) => {
  const command = drawnOptions(program.command('tables [table...]'))
    .summary('print tables of stored results')
    .description(
      `Prints tables as text; without names, all of: ${tables.map(({ id }) => id).join(', ')}.`,
    )
    .addHelpText('after', examples('iqalab tables', 'iqalab tables clean --pair 2'));
  command.action(async (ids: readonly string[], options: DrawnOptions) => {
    await withSession(environment, command, { workspace: 'existing' }, async (session) => {
      const runIds = (await findRuns(session.lab, options)).map(({ id }) => id);
      const { side, scored, attack } = options;
      const chosen = ids.length > 0 ? ids : tables.map(({ id }) => id);
      await printTables(session, chosen, { runIds, side }, { scored, attack });
      session.next('export');
    });
  });
};
export default verb;
