import type { EngineName } from '@shared/domain/catalogue';
import { LabError } from '@shared/errors';
import type { Args, EventData, EventName, MediaKind, Method, Result, RpcClient } from '@shared/rpc';
import { BenchDesk } from './bench/desk';
import { EventHub } from './events';
import type { FreeBytes } from './jobs/disk-guard';
import { forkTransport } from './jobs/fork-transport';
import type { JobTiming } from './jobs/timing';
import { defaultTiming } from './jobs/timing';
import { WorkerHost } from './jobs/worker-host';
import type { WorkerTransport } from './jobs/worker-transport';
import type { Media } from './media';
import { runTrial } from './preflight/trial-worker';
import type { LabContext } from './rpc/context';
import { dispatch } from './rpc/dispatch';
import { toEngineInfo } from './rpc/handlers/engine';
import { Sessions } from './session';
import { defaultStateDir } from './workspace/recent';

export interface LabOptions {
  /** Workspace to open or create at once; null to start without one. */
  readonly workspaceDir: string | null;
  readonly shell: 'electron' | 'server' | 'cli';
  /** The built worker (`out/main/worker.js`), run as a Node child process. */
  readonly workerEntry?: string;
  /** Node binary for it; this process's own by default. */
  readonly nodePath?: string;
  /** Another way to run the worker: Electron's utility process, or a fake in a test. */
  readonly transport?: WorkerTransport;
  /** Compute engine to load; null or absent for the best one. */
  readonly engine?: EngineName | null;
  /** Folder for the list of recent workspaces; null keeps none. */
  readonly stateDir?: string | null;
  readonly pickFolder?: (title: string) => Promise<string | null>;
  readonly pickFiles?: (title: string) => Promise<string[] | null>;
  /**
   * Whether jobs left waiting by an earlier session start by themselves. By default they do, except
   * on the command line, where a verb such as `export` must not start a training.
   */
  readonly startLeftOver?: boolean;
  /** Told of failures that no caller waits for; standard error by default. */
  readonly report?: (thrown: unknown) => void;
  readonly timing?: Partial<JobTiming>;
  readonly freeBytes?: FreeBytes;
  /** Another way to ask for free memory. */
  readonly availableBytes?: () => number;
}

/** The whole laboratory in one process; shells only carry its calls and events. */
export interface Lab extends RpcClient {
  /**
   * Runs a method named by an untrusted caller after checking name and arguments.
   * @throws LabError `bad-input` for an unknown method or wrong arguments
   */
  dispatch(method: string, args: unknown): Promise<unknown>;
  /** Looks a medium up by kind and id; null when there is none. */
  media(kind: MediaKind, id: string): Promise<Media | null>;
  /** Asks the running job to save its state, releases the workspace and ends the worker. */
  close(): Promise<void>;
}

/**
 * Builds the host: database, queue, worker and handlers around one event hub.
 * @throws LabError where `workspaceDir` is given and cannot be opened
 */
export async function createLab(options: LabOptions): Promise<Lab> {
  const report = options.report ?? ((thrown) => console.error(thrown));
  const stateDir = options.stateDir === undefined ? defaultStateDir() : options.stateDir;
  const timing = { ...defaultTiming, ...options.timing };
  const events = new EventHub(report);
  const worker = new WorkerHost({ transport: transportOf(options), engine: options.engine });
  const bench = new BenchDesk({
    worker: new WorkerHost({ transport: transportOf(options), engine: options.engine }),
    events,
  });
  events.on('workspace.changed', () => bench.clear());
  const sessions = new Sessions({
    events,
    worker,
    timing,
    stateDir,
    holdLeftOver: !(options.startLeftOver ?? options.shell !== 'cli'),
    freeBytes: options.freeBytes,
    report,
  });
  worker.listen({
    job: (message) => sessions.current?.runner.receive(message),
    alive: () => sessions.current?.runner.alive(),
    engine: (state) => events.emit('engine.changed', toEngineInfo(state)),
    exit: (error) => sessions.current?.runner.workerEnded(error),
  });
  const { shell, pickFolder = null, pickFiles = null } = options;
  const { freeBytes } = options;
  const context: LabContext = {
    shell,
    stateDir,
    pickFolder,
    pickFiles,
    events,
    worker,
    bench,
    sessions,
    // With the engine that jobs run on, where one is loaded: the trial is to be theirs.
    trial: (payload, signal) => {
      const engine = worker.engineState.current?.name ?? options.engine ?? null;
      return runTrial(transportOf(options), engine, payload, signal);
    },
    availableBytes: options.availableBytes ?? (() => process.availableMemory()),
    freeBytes,
  };
  if (options.workspaceDir !== null) await sessions.open(options.workspaceDir, 'either');

  let closed: Promise<void> | null = null;
  const lab: Lab = {
    dispatch: (method, args) =>
      closed ? Promise.reject(afterClose()) : dispatch(context, method, args),
    call: <M extends Method>(method: M, args: Args<M>) =>
      lab.dispatch(method, args) as Promise<Result<M>>,
    on: <E extends EventName>(event: E, listener: (data: EventData<E>) => void) =>
      events.on(event, listener),
    media: async (kind, id) => {
      if (kind === 'bench') return closed ? null : bench.media(id);
      const session = sessions.current;
      return session && !closed ? session.media.find(kind, id) : null;
    },
    close: () =>
      (closed ??= Promise.all([bench.close(), sessions.close()]).then(() =>
        worker.shutdown(timing.closeGraceMs),
      )),
  };
  return lab;
}

function transportOf(options: LabOptions): WorkerTransport {
  if (options.transport) return options.transport;
  if (options.workerEntry) return forkTransport(options.workerEntry, options.nodePath);
  throw new Error('createLab: give workerEntry or transport');
}

function afterClose(): LabError {
  return new LabError({
    kind: 'cancelled',
    message: 'the lab is closing',
    safe: 'Everything stored so far is kept.',
    next: 'Open the lab again.',
  });
}
