import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The built command line, as `npm run iqalab` starts it. */
const cli = resolve(import.meta.dirname, '../../../out/main/cli.js');

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly notes: string;
}

/** A home of its own, so that no test reads or leaves anything in the person's. */
export class Home {
  readonly path = mkdtempSync(join(tmpdir(), 'iqalab-home-'));
  readonly #children = new Set<ChildProcess>();

  /** Starts the command line in this home. */
  start(...words: string[]): Running {
    const child = spawn(process.execPath, [cli, ...words], {
      cwd: this.path,
      env: {
        PATH: process.env.PATH,
        HOME: this.path,
        XDG_STATE_HOME: join(this.path, 'state'),
        TF_CPP_MIN_LOG_LEVEL: '2',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    return new Running(child);
  }

  /** Runs a command line to its end. */
  async run(...words: string[]): Promise<Finished> {
    return await this.start(...words).finished;
  }

  /** Ends what still runs and removes the folder. */
  async remove(): Promise<void> {
    for (const child of this.#children) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A running command line and what it has said so far. */
export class Running {
  out = '';
  notes = '';
  readonly finished: Promise<Finished>;
  #heard = new Set<() => void>();

  constructor(readonly child: ChildProcess) {
    const hear = (key: 'out' | 'notes') => (text: string) => {
      this[key] += text;
      for (const look of this.#heard) look();
    };
    child.stdout?.setEncoding('utf8').on('data', hear('out'));
    child.stderr?.setEncoding('utf8').on('data', hear('notes'));
    this.finished = new Promise((done) => {
      child.once('close', (code, signal) => {
        done({ code, signal, out: this.out, notes: this.notes });
        for (const look of this.#heard) look();
      });
    });
  }

  /** Waits until what was said matches; fails with all of it if the process ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    return await new Promise((found, failed) => {
      const look = () => {
        const match = pattern.exec(`${this.out}\n${this.notes}`);
        const ended = this.child.exitCode !== null || this.child.signalCode !== null;
        if (!match && !ended) return;
        this.#heard.delete(look);
        if (match) found(match);
        else failed(new Error(`it never said ${String(pattern)}:\n${this.out}\n${this.notes}`));
      };
      this.#heard.add(look);
      look();
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
