import { Presets, SingleBar } from 'cli-progress';
import type { Job, JobProgress } from '@shared/domain/run';
import type { JobView } from '../../experiment/wait-for-jobs';
import { duration } from './columns';
import type { Terminal } from './environment';

/** Without a terminal a line per job this often is enough to see that it lives. */
const plainEveryMs = 10_000;

/** Progress of one thing at a time: a bar on a terminal, a line now and then otherwise. */
export class Progress {
  #bar: SingleBar | null = null;
  #title = '';
  #startedMs = 0;
  #lastPlainMs = 0;

  constructor(
    private readonly terminal: Terminal,
    private readonly now: () => number = Date.now,
  ) {}

  start(title: string): void {
    this.#end();
    this.#title = title;
    this.#startedMs = this.#lastPlainMs = this.now();
    if (!this.terminal.interactive) this.terminal.note(`  ${title} ...`);
  }

  update(progress: JobProgress): void {
    const { done, total, unit, phase, leftMs } = progress;
    const left = leftMs === null ? '' : `, ${duration(leftMs)} left`;
    if (this.terminal.interactive) {
      this.#bar ??= this.#newBar(total);
      this.#bar.setTotal(total);
      this.#bar.update(done, { phase: `${phase}${left}` });
    } else if (this.now() - this.#lastPlainMs >= plainEveryMs) {
      this.#lastPlainMs = this.now();
      const share = total > 0 ? `${Math.floor((100 * done) / total)} %` : '';
      this.terminal.note(`    ${share} (${done} of ${total} ${unit}; ${phase}${left})`);
    }
  }

  /** Ends the bar and leaves one line that says what was done. */
  finish(result: string): void {
    this.#end();
    this.terminal.note(`  ${result}  ${duration(this.now() - this.#startedMs)}`);
  }

  /** Ends the bar without a word, for when something else is about to be said. */
  abandon(): void {
    this.#end();
  }

  #newBar(total: number): SingleBar {
    const bar = new SingleBar(
      {
        format: `  {title} {bar} {percentage} %  {phase}`,
        stream: process.stderr,
        clearOnComplete: true,
        hideCursor: true,
        barsize: 24,
        linewrap: false,
        gracefulExit: false, // Ctrl-C is ours: it saves before it ends.
      },
      Presets.rect,
    );
    bar.start(total, 0, { title: this.#title, phase: '' });
    return bar;
  }

  #end(): void {
    this.#bar?.stop();
    this.#bar = null;
  }
}

/** Shows jobs as they run, one after the other. */
export function jobProgress(progress: Progress): JobView & { end(): void } {
  const reported = new Set<number>();
  let current: number | null = null;
  return {
    changed(job: Job) {
      if (job.state === 'running' && current !== job.id) {
        current = job.id;
        progress.start(job.title);
      } else if (job.state === 'done' && !reported.has(job.id)) {
        reported.add(job.id);
        if (current !== job.id) progress.start(job.title);
        current = null;
        progress.finish(`done: ${job.title}`);
      }
    },
    progress(job, latest) {
      if (current === job.id) progress.update(latest);
    },
    end: () => progress.abandon(),
  };
}
