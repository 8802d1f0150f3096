const everyMs = 1000;

/** Says once a second that the worker lives, and how much memory it holds. Stops when told to. */
export function startHeartbeat(say: (memoryBytes: number) => void): () => void {
  const beat = (): void => say(process.memoryUsage.rss());
  beat();
  const timer = setInterval(beat, everyMs);
  return () => clearInterval(timer);
}
