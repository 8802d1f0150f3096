import { isMainThread } from 'node:worker_threads';
import type { HostMessage } from '@shared/worker-protocol';
import { catalogue } from './catalogue';
import { feed } from './data/feeder';
import { loadEngine } from './engine';
import { attackOnce } from './runtime/bench/attack-once';
import { OpenedFiles } from './runtime/bench/opened-files';
import { OpenedRuns } from './runtime/bench/opened-runs';
import { execute } from './runtime/execute';
import { inFileThread, serveFileThread, threadRole } from './runtime/file-thread';
import { connect } from './runtime/port';
import { readFacts } from './runtime/weight-facts';
import { Worker } from './runtime/worker';
import { writeWeights } from './runtime/write-weights';

/**
 * Entry of the worker process, and of the threads in it: one cuts training batches, one reads or
 * writes a weight file. The process says hello with the catalogue before anything heavy is loaded;
 * libtensorflow or WebAssembly is loaded when the host asks for an engine.
 */
if (isMainThread) serveHost();
else if (threadRole() === 'inspector') serveFileThread(readFacts);
else if (threadRole() === 'writer') serveFileThread(writeWeights);
else feed();

function serveHost(): void {
  // Ctrl-C reaches every process of the terminal. The host decides what it means and says so.
  process.on('SIGINT', () => undefined);

  const waiting: HostMessage[] = [];
  const opened = { runs: new OpenedRuns(), files: new OpenedFiles() };
  let worker: Worker | null = null;
  const port = connect({
    message: (message) => (worker ? worker.receive(message) : waiting.push(message)),
    // Nobody is left to report to: results that were not posted are computed again after a resume.
    disconnected: () => process.exit(1),
  });
  worker = new Worker(port, {
    catalogue: catalogue(),
    loadEngine,
    inspectWeights: (path) => inFileThread('inspector', path, import.meta.url),
    writeWeights: (order) => inFileThread('writer', order, import.meta.url),
    bench: (payload, ticket) => attackOnce(opened, payload, ticket),
    execute: (payload, job) => execute(payload, job, import.meta.url),
  });
  for (const message of waiting) worker.receive(message);
}
