import { dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';

/** The system's folder dialog; null when it was cancelled. */
export async function pickFolder(
  window: BrowserWindow | null,
  title: string,
): Promise<string | null> {
  const options: OpenDialogOptions = {
    title,
    properties: ['openDirectory', 'createDirectory', 'promptToCreate'],
  };
  const { canceled, filePaths } = await (window
    ? dialog.showOpenDialog(window, options)
    : dialog.showOpenDialog(options));
  return canceled ? null : (filePaths[0] ?? null);
}

/** The system's dialog for files, several at once; null when it was cancelled. */
export async function pickFiles(
  window: BrowserWindow | null,
  title: string,
): Promise<string[] | null> {
  const options: OpenDialogOptions = { title, properties: ['openFile', 'multiSelections'] };
  const { canceled, filePaths } = await (window
    ? dialog.showOpenDialog(window, options)
    : dialog.showOpenDialog(options));
  return canceled ? null : filePaths;
}
