import type { JobPayload } from '@shared/worker-protocol';
import { ahead } from '../../data/ahead';
import { preparePictures } from '../../data/prepare';
import type { Job } from '../job';
import { Outbox } from '../outbox';
import { Progress } from '../progress';
import type { Sitter } from '../sitter';
import { TrainedRun } from '../trained-run';

/** Pictures opened while the engine works on the current one. */
const picturesAhead = 2;

interface BatchWork<Row> {
  /** What it is doing, in plain words: "attacking". */
  readonly phase: string;
  post(rows: Row[]): void;
  /** @returns the row, perhaps still waiting for a file: the engine goes on meanwhile */
  each(sitter: Sitter): Promise<{ readonly row: Row | Promise<Row> }>;
}

/**
 * The frame of every job over the pictures of a trained run: opens the run, decodes what is not
 * cached, then works through the pictures in order, posting each row soon after it is computed.
 * Rows that are finished are posted whatever ends the job.
 *
 * @param prepare builds the work once the run is open
 */
export async function runBatch<Row>(
  payload: Exclude<JobPayload, { kind: 'train' | 'fit' | 'trial' }>,
  job: Job,
  prepare: (run: TrainedRun) => BatchWork<Row>,
): Promise<void> {
  const run = await TrainedRun.open(payload);
  const { images, doneBefore } = payload;
  const total = doneBefore + images.length;
  const progress = new Progress(job, 'images');
  const work = prepare(run);
  const outbox = new Outbox<Row>((rows) => work.post(rows));
  /** The picture before the current one: its file may still be on its way to the disk. */
  let finishing: Promise<void> = Promise.resolve();
  try {
    progress.begin('opening pictures', 0, images.length, 'files');
    await preparePictures(run.store, images, job.control.checkpoint, (done) => progress.at(done));
    let done = doneBefore;
    progress.begin(work.phase, done, total);
    for await (const sitter of ahead(images, picturesAhead, run.sitter)) {
      await job.control.checkpoint();
      const { row } = await work.each(sitter);
      await finishing;
      finishing = finish(Promise.resolve(row), (finished) => {
        outbox.add(finished);
        progress.at(++done);
      });
    }
    await finishing;
  } finally {
    await finishing.catch(() => undefined);
    outbox.flush();
    run.dispose();
  }
}

/** Reports a row once it is whole. A failure is raised where it is awaited, one picture later. */
function finish<Row>(row: Promise<Row>, report: (row: Row) => void): Promise<void> {
  const finished = row.then(report);
  finished.catch(() => undefined);
  return finished;
}
