import { Command } from 'commander';
import { app } from '../../app';
import type { CliEnvironment } from './environment';
import { reportError, type ExitCode } from './report-error';
import { defaultWorkspace, type GlobalOptions } from './session';
import { verbs } from './verbs';
import { examples } from './verb';

/**
 * Runs one command line, from the first word after `iqalab`.
 * @returns the exit code; everything to be said has been said
 */
export async function runCli(
  words: readonly string[],
  environment: CliEnvironment,
): Promise<ExitCode> {
  const program = createProgram(environment);
  try {
    await program.parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    return reportError(environment.terminal, error, program.opts<GlobalOptions>().verbose ?? false);
  }
}

function createProgram(environment: CliEnvironment): Command {
  const { terminal } = environment;
  const program = new Command('iqalab')
    .description(`${app.name} on the command line. It works with no network.`)
    .version(app.version, '--version', 'print the version')
    .option(
      '--workspace <dir>',
      `folder with your work (default: $IQALAB_WORKSPACE, else ./${defaultWorkspace})`,
    )
    .option('--engine <name>', 'what computes: cuda, webgpu, cpu or wasm (default: the best one)')
    .option('--verbose', 'print what a bug report needs when something fails')
    .helpOption('--help', 'print help')
    .addHelpText(
      'after',
      examples(
        'iqalab demo                       # a finished pair with figures, in three minutes',
        'iqalab import ~/ChallengeDB_release',
        'iqalab split && iqalab train && iqalab attack fgsm && iqalab norms',
        'iqalab run experiment.json        # all of it; again continues',
        'iqalab train --help',
      ),
    );
  // Set before the verbs are added: they inherit both.
  program
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, helpWidth: 100 })
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what can be said here)');
  for (const { heading, verbs: group } of verbs) {
    program.commandsGroup(heading);
    for (const add of group) add(program, environment);
  }
  return program;
}
