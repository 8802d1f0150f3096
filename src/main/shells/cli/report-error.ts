import { CommanderError } from 'commander';
import { LabError, toErrorData } from '@shared/errors';
import { UsageError, type Terminal } from './environment';

/** Exit codes: 0 done, 1 it failed, 2 it was typed wrongly, 130 stopped by Ctrl-C. */
export type ExitCode = 0 | 1 | 2 | 130;

/**
 * Says what happened, what is safe and what to do next, and gives the exit code.
 * @param verbose also prints what a bug report needs
 */
export function reportError(terminal: Terminal, error: unknown, verbose: boolean): ExitCode {
  // Commander has already printed its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const data = toErrorData(error);
  terminal.note('');
  terminal.note(`${data.kind === 'cancelled' ? 'Stopped' : 'Error'}: ${data.message}`);
  if (data.safe) terminal.note(`Safe:    ${data.safe}`);
  if (data.next) terminal.note(`Next:    ${data.next}`);
  if (data.details && (verbose || data.kind === 'internal')) {
    const { stack, ...facts } = data.details;
    if (Object.keys(facts).length > 0) terminal.note(`Details: ${JSON.stringify(facts)}`);
    if (typeof stack === 'string') terminal.note(stack);
  }
  if (error instanceof UsageError) return 2;
  return error instanceof LabError && error.kind === 'cancelled' ? 130 : 1;
}
