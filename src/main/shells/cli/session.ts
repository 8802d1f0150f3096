import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { engineNames, type EngineName } from '@shared/domain/catalogue';
import type { Job } from '@shared/domain/run';
import { LabError } from '@shared/errors';
import { nearest } from '@shared/params';
import { waitForJobs } from '../../experiment/wait-for-jobs';
import type { Lab } from '../../lab';
import { UsageError, type CliEnvironment, type Terminal } from './environment';
import { jobProgress, Progress } from './progress';

export const defaultWorkspace = 'iqalab-workspace';

/** Options every verb takes. */
export interface GlobalOptions {
  workspace?: string;
  engine?: string;
  verbose?: boolean;
}

/** One use of an open lab by one verb. */
export interface Session {
  readonly lab: Lab;
  readonly terminal: Terminal;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly environment: CliEnvironment;
  readonly workspace: string;
  readonly engine: EngineName | null;
  /** A command line for the same workspace, to be shown as the next useful one. */
  readonly command: (text: string) => string;
  readonly next: (text: string) => void;
  /** Waits for jobs with progress; when they stop early, `again` is the command that continues. */
  readonly wait: (jobIds: readonly number[], again?: string) => Promise<Job[]>;
}

export interface SessionOptions {
  /**
   * `create` makes the workspace where there is none; `existing` refuses; `optional` goes without
   * one unless --workspace names it; `none` never opens one.
   */
  readonly workspace: 'create' | 'existing' | 'optional' | 'none';
  readonly fallback?: string;
  readonly shell?: 'cli' | 'server';
}

/**
 * Opens the lab for one verb, runs it, and always closes the lab again.
 * @throws LabError what the verb throws, or why the workspace could not be opened
 */
export async function withSession<T>(
  environment: CliEnvironment,
  command: Command,
  options: SessionOptions,
  body: (session: Session) => Promise<T>,
): Promise<T> {
  const given = command.optsWithGlobals<GlobalOptions>();
  const engine = parseEngine(given.engine);
  const chosen = given.workspace ?? environment.variables.IQALAB_WORKSPACE ?? undefined;
  const folder = chosen ?? options.fallback ?? defaultWorkspace;
  const workspace = resolve(environment.cwd, folder);
  const lab = await environment.openLab({ engine, shell: options.shell ?? 'cli' });
  const { terminal } = environment;
  const progress = new Progress(terminal);
  const program = environment.variables.npm_lifecycle_event ? 'npm run iqalab --' : 'iqalab';
  const suffix = given.workspace || options.fallback ? ` --workspace ${quote(folder)}` : '';
  const session: Session = {
    lab,
    terminal,
    progress,
    signal: environment.interrupted,
    environment,
    workspace,
    engine,
    command: (text) => `${program} ${text}${suffix}`,
    next: (text) => terminal.note(`Next: ${session.command(text)}`),
    wait: async (jobIds, again = 'resume') => {
      const view = jobProgress(progress);
      try {
        return await waitForJobs(lab, jobIds, { view, signal: environment.interrupted });
      } catch (error) {
        throw withNext(error, `Continue with: ${session.command(again)}`);
      } finally {
        view.end();
      }
    },
  };
  try {
    const optional = chosen === undefined ? 'present' : 'create';
    const mode = options.workspace === 'optional' ? optional : options.workspace;
    if (mode !== 'none') await openWorkspace(session, mode);
    return await body(session);
  } finally {
    progress.abandon();
    await lab.close();
  }
}

/** Adds what to do next to an error that does not say. */
function withNext(error: unknown, next: string): unknown {
  if (!(error instanceof LabError) || error.next !== undefined) return error;
  return new LabError({ ...error.toData(), next }, { cause: error });
}

async function openWorkspace(
  session: Session,
  mode: 'create' | 'existing' | 'present',
): Promise<void> {
  const { lab, workspace: path } = session;
  if (await exists(join(path, 'lab.sqlite'))) await lab.call('workspace.open', { path });
  else if (mode === 'create') await lab.call('workspace.create', { path });
  else if (mode === 'existing') {
    throw new LabError({
      kind: 'not-found',
      message: `there is no workspace in ${path}`,
      safe: 'Nothing was created.',
      next: 'Name yours with --workspace DIR, or start one with: iqalab import FOLDER.',
    });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function parseEngine(text: string | undefined): EngineName | null {
  if (text === undefined) return null;
  const engine = engineNames.find((name) => name === text);
  if (engine) return engine;
  const near = nearest(text, engineNames);
  throw new UsageError(
    `--engine ${text}: the engines are ${engineNames.join(', ')}`,
    near ? `Did you mean "${near}"?` : undefined,
  );
}

/** Quotes a folder name for a shell only where it needs it. */
function quote(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
