import { columns } from '../columns';
import { findModel } from '../find';
import { withSession } from '../session';
import { describeSettings } from '../settings';
import { examples, type Verb } from '../verb';

const verb: Verb = (program, environment) => {
  const command = program
    .command('models [model]')
    .summary('list the models, or the settings of one')
    .addHelpText('after', examples('iqalab models', 'iqalab models cnniqa'));
  command.action(async (id: string | undefined) => {
    await withSession(environment, command, { workspace: 'none' }, async (session) => {
      const { lab, terminal } = session;
      const catalogue = await lab.call('catalogue.get', {});
      if (id === undefined) {
        const rows = catalogue.models.map((model) => [model.id, model.title, model.summary]);
        for (const line of columns(['model', 'title', 'summary'], rows)) terminal.out(line);
        session.next(`models ${catalogue.models[0]?.id ?? ''}`);
        return;
      }
      const model = findModel(catalogue, id);
      terminal.out(`${model.title} (${model.id}, version ${model.version})`);
      terminal.out(model.citation);
      terminal.out(model.summary);
      terminal.out('');
      const rows = [
        ...describeSettings('model', model.params),
        ...describeSettings('trainer', model.trainer),
        ...describeSettings('nt', model.nt),
        ...describeSettings('at', model.at),
      ];
      const headers = ['setting', 'default', 'paper', 'values', 'meaning'];
      for (const line of columns(headers, rows, 110)) terminal.out(line);
      for (const { id: preset, title, help } of model.presets) {
        terminal.out(`preset ${preset}: ${title}. ${help}`);
      }
      session.next(`train --model ${model.id} --set trainer.NAME=VALUE`);
    });
  });
};
export default verb;
