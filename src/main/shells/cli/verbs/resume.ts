import type { Job } from '@shared/domain/run';
import { LabError } from '@shared/errors';
import { integer } from '../parsers';
import { withSession } from '../session';
import { examples, type Verb } from '../verb';

const unfinished: readonly Job['state'][] = ['queued', 'paused', 'interrupted'];

const verb: Verb = (program, environment) => {
  const command = program
    .command('resume [job]')
    .summary('continue what was stopped')
    .description(
      'Continues a paused or interrupted job, or all of them and what waits behind them. A training\n' +
        'goes on from its last saved state, an attack with the first picture that has no row.',
    )
    .addHelpText('after', examples('iqalab resume', 'iqalab resume 12'));
  command.action(async (text: string | undefined) => {
    const id = text === undefined ? null : integer(1)(text);
    await withSession(environment, command, { workspace: 'existing' }, async (session) => {
      const { lab, terminal } = session;
      const jobs = await lab.call('job.list', {});
      const chosen =
        id === null
          ? jobs.filter(({ state }) => unfinished.includes(state))
          : jobs.filter((job) => job.id === id);
      if (id !== null && chosen.length === 0) {
        throw new LabError({ kind: 'not-found', message: `there is no job ${id}` });
      }
      if (chosen.length === 0) {
        terminal.out('Nothing is waiting to be continued.');
        return;
      }
      for (const job of chosen) {
        if (job.state !== 'done') await lab.call('job.resume', { id: job.id });
      }
      await session.wait(chosen.map((job) => job.id));
      terminal.out(`Finished ${chosen.length} ${chosen.length === 1 ? 'job' : 'jobs'}.`);
      session.next('tables');
    });
  });
};
export default verb;
