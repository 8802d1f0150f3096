import { columns } from '../columns';
import { withSession } from '../session';
import { examples, type Verb } from '../verb';

const verb: Verb = (program, environment) => {
  const command = program
    .command('engine')
    .summary('show what computes here')
    .description('Loads the best engine (or the one named by --engine), tests it, and says why.')
    .addHelpText('after', examples('iqalab engine', 'iqalab engine --engine wasm'));
  command.action(async () => {
    await withSession(environment, command, { workspace: 'none' }, async (session) => {
      const { lab, terminal, engine } = session;
      const current = await lab.call('engine.select', { name: engine });
      const { ladder } = await lab.call('engine.info', {});
      const rows = ladder.map(({ name, available, reason }) => [
        name === current.name ? `> ${name}` : `  ${name}`,
        available ? 'yes' : 'no',
        reason,
      ]);
      for (const line of columns(['  engine', 'available', 'reason'], rows)) terminal.out(line);
      const versions = Object.entries(current.versions).map((entry) => entry.join(' '));
      terminal.out('');
      terminal.out(`${current.name}: ${current.description}`);
      terminal.out(`versions: ${versions.join(', ')}`);
      terminal.out(
        `same seed, same bits: ${current.deterministic ? 'yes' : 'no'}; ` +
          `self-test passed in ${Math.round(current.selfTestMs)} ms`,
      );
    });
  });
};
export default verb;
