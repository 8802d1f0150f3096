import { dialog, type BrowserWindow } from 'electron';
import type { Job } from '@shared/domain/run';

/** What a person wants when the window is closed while a job runs. */
export type Choice = 'quit' | 'background' | 'stay';

const choices: readonly Choice[] = ['quit', 'background', 'stay'];

/** Asks; closing the question itself means to stay. */
export async function askWhatToDo(window: BrowserWindow, running: readonly Job[]): Promise<Choice> {
  const titles = running.map(({ title }) => title).join(', ');
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: `${titles} is still running.`,
    detail:
      'Pause and quit saves its state; Resume continues from there.\n' +
      'In the background it goes on without a window, and the lab ends when nothing is left to do; ' +
      'starting the lab again brings the window back.',
    buttons: ['Pause and quit', 'Keep running in the background', 'Cancel'],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  });
  return choices[response] ?? 'stay';
}
