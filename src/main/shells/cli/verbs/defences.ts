import { columns } from '../columns';
import { findById } from '../find';
import { withSession } from '../session';
import { describeSettings } from '../settings';
import { examples, type Verb } from '../verb';

const verb: Verb = (program, environment) => {
  const command = program
    .command('defences [defence]')
    .summary('list the defences, or the settings of one')
    .addHelpText('after', examples('iqalab defences', 'iqalab defences jpeg'));
  command.action(async (id: string | undefined) => {
    await withSession(environment, command, { workspace: 'none' }, async (session) => {
      const { lab, terminal } = session;
      const { defences } = await lab.call('catalogue.get', {});
      if (id === undefined) {
        const rows = defences.map((one) => [one.id, one.title, one.gradient, one.summary]);
        const headers = ['defence', 'title', 'gradient', 'summary'];
        for (const line of columns(headers, rows)) terminal.out(line);
        session.next(`defences ${defences[0]?.id ?? ''}`);
        return;
      }
      const defence = findById('defence', defences, id);
      const { title, version, gradient, citation, summary } = defence;
      terminal.out(`${title} (${defence.id}, version ${version}, gradient: ${gradient})`);
      terminal.out(citation);
      terminal.out(summary);
      terminal.out('');
      const headers = ['setting', 'default', 'paper', 'values', 'meaning'];
      const rows = describeSettings('defence', defence.params);
      for (const line of columns(headers, rows, 110)) terminal.out(line);
      for (const { id: preset, title: name, help } of defence.presets) {
        terminal.out(`preset ${preset}: ${name}. ${help}`);
      }
      session.next(`attack fgsm --defence ${defence.id} --set defence.NAME=VALUE`);
    });
  });
};
export default verb;
