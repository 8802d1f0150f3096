/** Names of the two IPC channels between Electron's main process and the preload script. */
export const callChannel = 'lab:call';
export const eventChannel = 'lab:event';
