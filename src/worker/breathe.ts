/**
 * Lets the event loop serve messages and timers. Native kernels block the thread, so anything long
 * awaits this between them: pause, stop and the heartbeat get through within one kernel's time.
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
