import { columns } from '../columns';
import { findAttack } from '../find';
import { withSession } from '../session';
import { describeSettings } from '../settings';
import { examples, type Verb } from '../verb';

const verb: Verb = (program, environment) => {
  const command = program
    .command('attacks [attack]')
    .summary('list the attacks, or the settings of one')
    .addHelpText('after', examples('iqalab attacks', 'iqalab attacks fgsm'));
  command.action(async (id: string | undefined) => {
    await withSession(environment, command, { workspace: 'none' }, async (session) => {
      const { lab, terminal } = session;
      const catalogue = await lab.call('catalogue.get', {});
      if (id === undefined) {
        const rows = catalogue.attacks.map(({ id: attack, title, access, summary }) => [
          attack,
          title,
          access,
          summary,
        ]);
        for (const line of columns(['attack', 'title', 'access', 'summary'], rows)) {
          terminal.out(line);
        }
        session.next(`attacks ${catalogue.attacks[0]?.id ?? ''}`);
        return;
      }
      const attack = findAttack(catalogue, id);
      terminal.out(`${attack.title} (${attack.id}, version ${attack.version}, ${attack.access})`);
      terminal.out(attack.citation);
      terminal.out(attack.summary);
      terminal.out('');
      const rows = [
        ...describeSettings('', attack.params),
        ...describeSettings('run', catalogue.attackRun),
      ];
      const headers = ['setting', 'default', 'paper', 'values', 'meaning'];
      for (const line of columns(headers, rows, 110)) terminal.out(line);
      for (const { id: preset, title, help } of attack.presets) {
        terminal.out(`preset ${preset}: ${title}. ${help}`);
      }
      session.next(`attack ${attack.id} --set NAME=VALUE`);
    });
  });
};
export default verb;
