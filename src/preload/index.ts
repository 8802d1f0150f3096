import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import { callChannel, eventChannel } from '@shared/bridge-channels';
import { events, methods } from '@shared/rpc';

/**
 * The page's only door to the host: the methods and events of the contract by name, and where a file
 * lies that a person dropped on the page; nothing else of Electron or Node. The lists derive from the contract, so a new method needs no line here.
 */
const known = { methods: new Set(Object.keys(methods)), events: new Set(Object.keys(events)) };

contextBridge.exposeInMainWorld('lab', {
  call(method: unknown, args: unknown): Promise<unknown> {
    if (typeof method !== 'string' || !known.methods.has(method)) {
      return Promise.reject(new Error(`lab.call: there is no method "${String(method)}"`));
    }
    return ipcRenderer.invoke(callChannel, { method, args });
  },

  on(event: unknown, listener: (data: unknown) => void): () => void {
    if (typeof event !== 'string' || !known.events.has(event)) {
      throw new Error(`lab.on: there is no event "${String(event)}"`);
    }
    // The page gets the data only; the IPC event would hand it the sender.
    const receive = (_event: IpcRendererEvent, message: { event: string; data: unknown }) => {
      if (message.event === event) listener(message.data);
    };
    ipcRenderer.on(eventChannel, receive);
    return () => void ipcRenderer.off(eventChannel, receive);
  },

  pathOf: (file: File): string => webUtils.getPathForFile(file),
});
