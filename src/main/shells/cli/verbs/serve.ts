import { once } from 'node:events';
import { startServer } from '../../server';
import { integer } from '../parsers';
import { withSession, type Session } from '../session';
import { examples, type Verb } from '../verb';

interface Options {
  port: number;
  open?: boolean;
}

const verb: Verb = (program, environment) => {
  const command = program
    .command('serve')
    .summary('open the app in a browser')
    .description(
      'Serves the app to a browser on this computer and prints its address, which contains the key\n' +
        'of this start. From another room, forward the same port number through SSH.',
    )
    .option('--port <n>', 'port (default: chosen by the system)', integer(0, 65_535), 0)
    .option('--open', 'open the browser where there is a display')
    .addHelpText(
      'after',
      examples(
        'iqalab serve --open',
        'iqalab serve --workspace study --port 8321',
        'ssh -L 8321:127.0.0.1:8321 gpu-room   # then open the printed address here',
      ),
    );
  command.action(async (options: Options) => {
    await withSession(environment, command, { workspace: 'optional', shell: 'server' }, (session) =>
      serve(session, options),
    );
  });
};
export default verb;

async function serve(session: Session, options: Options): Promise<void> {
  const { lab, terminal, environment, signal } = session;
  const { rendererDir } = environment;
  const server = await startServer({ lab, rendererDir, port: options.port });
  try {
    // On its own line and on standard output, so that a script can read it.
    terminal.out(server.address);
    const opened = options.open ? await environment.openBrowser(server.address) : false;
    terminal.note(opened ? 'Opened in your browser.' : 'Open this address in a browser.');
    terminal.note('Ctrl-C ends it; what runs is saved first.');
    if (!signal.aborted) await once(signal, 'abort');
    terminal.note('Closing ...');
  } finally {
    await server.close();
  }
}
