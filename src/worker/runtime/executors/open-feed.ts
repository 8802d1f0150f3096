import type { TrainPayload } from '@shared/worker-protocol';
import { ThreadedFeed } from '../../data/feeder';
import { PictureStore } from '../../data/picture-store';
import { preparePictures } from '../../data/prepare';
import type { ViewSettings } from '../../data/settings';
import type { ViewShapes } from '../../data/views';
import type { Job } from '../job';
import { Progress } from '../progress';

export interface FeedRequest {
  readonly payload: TrainPayload;
  readonly shapes: ViewShapes;
  readonly settings: ViewSettings;
  readonly batchSize: number;
  /** URL of the file that cuts batches in a thread. */
  readonly feeder: string;
}

export interface OpenFeed {
  readonly feed: ThreadedFeed;
  /** Pictures the epochs are judged by. */
  readonly judged: PictureStore;
}

/** Decodes every picture a training meets and starts the thread that cuts its batches. */
export async function openFeed(request: FeedRequest, job: Job): Promise<OpenFeed> {
  const { payload, shapes, settings, batchSize, feeder } = request;
  const { train, validation, selectOn, cacheDir, seed } = payload;
  const { checkpoint } = job.control;
  const others = [...validation, ...selectOn];
  const progress = new Progress(job, 'images');
  progress.begin('opening pictures', 0, train.length + others.length);

  // Training pictures are only decoded to the cache here: the thread holds them in its own memory.
  const passing = new PictureStore({ cacheDir, shape: shapes.train, memoryBytes: 0 });
  const sizes = await preparePictures(passing, train, checkpoint, (done) => progress.at(done));
  const judged = new PictureStore({ cacheDir, shape: shapes.test });
  const tell = (done: number): void => progress.at(train.length + done);
  await preparePictures(judged, others, checkpoint, tell);

  const shape = shapes.train;
  const options = { images: train, sizes, shape, settings, batchSize, seed };
  const feed = new ThreadedFeed(feeder, { cacheDir, shape }, options);
  try {
    await feed.open();
    await checkpoint();
  } catch (error) {
    await feed.close();
    throw error;
  }
  return { feed, judged };
}
