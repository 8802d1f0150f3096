import { ipcMain, type BrowserWindow, type IpcMainInvokeEvent } from 'electron';
import * as v from 'valibot';
import { LabError, toErrorData } from '@shared/errors';
import { events, type EventName } from '@shared/rpc';
import type { Lab } from '../../lab';
import { callChannel, eventChannel } from '@shared/bridge-channels';
import { isOwnAddress } from './origin';

const Call = v.strictObject({ method: v.pipe(v.string(), v.maxLength(100)), args: v.unknown() });

/**
 * The RPC contract over Electron's IPC. Replies and errors are data, because IPC loses the class of
 * an error; every call is answered, a foreign sender's with a refusal.
 * @returns the function that ends the bridge
 */
export function bridge(
  lab: Pick<Lab, 'dispatch' | 'on'>,
  currentWindow: () => BrowserWindow | null,
): () => void {
  ipcMain.handle(callChannel, async (event, message: unknown) => {
    try {
      checkSender(event, currentWindow());
      const { method, args } = parse(message);
      return { result: await lab.dispatch(method, args) };
    } catch (error) {
      return { error: toErrorData(error) };
    }
  });
  const ends = (Object.keys(events) as EventName[]).map((event) =>
    lab.on(event, (data) => {
      const window = currentWindow();
      if (window && !window.isDestroyed()) window.webContents.send(eventChannel, { event, data });
    }),
  );
  return () => {
    ipcMain.removeHandler(callChannel);
    for (const end of ends) end();
  };
}

/** Only the top frame of our own window, showing our own page, may call. */
function checkSender(event: IpcMainInvokeEvent, window: BrowserWindow | null): void {
  const frame = event.senderFrame;
  const own =
    frame !== null &&
    window !== null &&
    event.sender === window.webContents &&
    frame === window.webContents.mainFrame &&
    isOwnAddress(frame.url);
  if (own) return;
  throw new LabError({
    kind: 'forbidden',
    message: `a call from ${frame?.url ?? 'a page that is gone'} was refused`,
    safe: 'Nothing was done.',
  });
}

function parse(message: unknown): v.InferOutput<typeof Call> {
  const parsed = v.safeParse(Call, message);
  if (parsed.success) return parsed.output;
  throw new LabError({
    kind: 'bad-input',
    message: `a call must be {method, args}: ${parsed.issues[0].message}`,
    safe: 'Nothing was done.',
  });
}
