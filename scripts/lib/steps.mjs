/**
 * Thrown when a step cannot be done: the message says what failed, what still works, and what to
 * do.
 */
export class SetupError extends Error {
  name = 'SetupError';
}

const seconds = (ms) => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;

/** A line about set-up, on stderr: stdout belongs to the command that set-up is for. */
export const say = (text) => process.stderr.write(`${text}\n`);

/**
 * Does one piece of set-up and prints one line with its time, or nothing when it was already
 * satisfied.
 * @param {string} title what is being prepared, for example "packages"
 * @param {() => Promise<string | null> | string | null} work null: nothing to do; text: what was
 *   done
 */
export async function step(title, work) {
  const start = performance.now();
  const done = await work();
  if (done !== null) say(`  ${title.padEnd(10)} ${done} (${seconds(performance.now() - start)})`);
}

/** Says what is about to take long, before it does. */
export const announce = (title, text) => say(`  ${title.padEnd(10)} ${text} ...`);
