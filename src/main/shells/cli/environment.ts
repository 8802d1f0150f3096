import { LabError } from '@shared/errors';
import type { EngineName } from '@shared/domain/catalogue';
import type { Lab } from '../../lab';

/** Where text goes. Results go to `out`, so that they can be piped; everything else to `note`. */
export interface Terminal {
  out(line: string): void;
  note(line: string): void;
  /** Progress bars are drawn; otherwise progress comes as plain lines. */
  readonly interactive: boolean;
}

/** All the command line takes from the process around it, so that tests can stand in for it. */
export interface CliEnvironment {
  readonly terminal: Terminal;
  readonly cwd: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Folder of the built page, for `serve`. */
  readonly rendererDir: string;
  /** Aborted by the first Ctrl-C. */
  readonly interrupted: AbortSignal;
  openLab(options: { engine: EngineName | null; shell: 'cli' | 'server' }): Promise<Lab>;
  /** Opens an address with the system's browser; false where there is no display. */
  openBrowser(address: string): Promise<boolean>;
}

/** The person typed something the command line cannot use: exit code 2. */
export class UsageError extends LabError {
  constructor(message: string, next?: string) {
    super({ kind: 'bad-input', message, safe: 'Nothing was started.', next });
    this.name = 'UsageError';
  }
}
