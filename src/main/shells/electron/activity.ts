import { powerSaveBlocker, type BrowserWindow } from 'electron';
import type { Job } from '@shared/domain/run';
import type { Lab } from '../../lab';

/** What runs now, as the desktop shows it. */
export interface Activity {
  /** Jobs that run at this moment. */
  running(): readonly Job[];
  end(): void;
}

/**
 * Keeps the computer awake and the taskbar's progress bar moving exactly while a job runs.
 * @param onIdle called when the last running job has ended
 */
export function followActivity(
  lab: Pick<Lab, 'on'>,
  currentWindow: () => BrowserWindow | null,
  onIdle: () => void,
): Activity {
  const running = new Map<number, Job>();
  let blocker: number | null = null;

  const show = (share: number) => {
    const window = currentWindow();
    if (window && !window.isDestroyed()) window.setProgressBar(share);
  };
  const settle = () => {
    if (running.size > 0) {
      blocker ??= powerSaveBlocker.start('prevent-app-suspension');
      return;
    }
    if (blocker === null) return;
    powerSaveBlocker.stop(blocker);
    blocker = null;
    show(-1); // Takes the bar away.
    onIdle();
  };

  const ends = [
    lab.on('job.changed', (job) => {
      if (job.state === 'running') running.set(job.id, job);
      else running.delete(job.id);
      settle();
    }),
    lab.on('job.progress', ({ id, progress }) => {
      if (running.has(id) && progress.total > 0) show(progress.done / progress.total);
    }),
    lab.on('workspace.changed', () => {
      running.clear();
      settle();
    }),
  ];
  return {
    running: () => [...running.values()],
    end() {
      for (const end of ends) end();
      running.clear();
      settle();
    },
  };
}
