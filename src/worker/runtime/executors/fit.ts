import { rm } from 'node:fs/promises';
import type { FitSummary, FitPayload } from '@shared/worker-protocol';
import { LabError } from '@shared/errors';
import { checkValues, type ParamValues } from '@shared/params';
import { AttackBatch } from '../../attacks/harness/attack-batch';
import { PictureStore } from '../../data/picture-store';
import { preparePictures } from '../../data/prepare';
import { viewSettings, type ViewSettings } from '../../data/settings';
import { TrainingFeed } from '../../data/training-feed';
import type { Size } from '../../data/views';
import { fits } from '../../fits';
import type { FitData, FitDef, Fitting } from '../../fits/fit';
import { fitFacts, writeFit, type FitFile } from '../../fits/fit-file';
import type { ViewShape } from '../../models';
import type { Job } from '../job';
import { openNeeded } from '../open-weights';
import { Progress } from '../progress';
import { TrainedRun } from '../trained-run';
import { FitPosition } from './fit-position';
import { fittedModel } from './fitted-model';

/**
 * Optimises what a fit describes, from its start or from where it was stopped, and writes it as a file of the inventory.
 * @throws LabError `cancelled` where it was stopped: its position is saved, and a resume continues from the very step
 */
export async function fit(payload: FitPayload, job: Job): Promise<FitSummary> {
  const def = fits.find(payload.fitId);
  const params = checkValues(def.title, def.params, payload.params);
  if (payload.images.length === 0) throw nothingToFitOn();
  const { checkpoint } = payload;
  const run = checkpoint === null ? null : await TrainedRun.open({ ...payload, checkpoint });
  try {
    return await fitWith(def, params, payload, run, job);
  } finally {
    run?.dispose();
  }
}

async function fitWith(
  def: FitDef,
  params: ParamValues,
  payload: FitPayload,
  run: TrainedRun | null,
  job: Job,
): Promise<FitSummary> {
  const { images, cacheDir, fitSeed: seed } = payload;
  const model = run && fittedModel(run);
  const data = def.data(params, model);
  const store = run?.store ?? new PictureStore({ cacheDir, shape: data.shape });
  const progress = new Progress(job, 'steps');
  progress.begin('opening pictures', 0, images.length);
  const { checkpoint } = job.control;
  const sizes = await preparePictures(store, images, checkpoint, (done) => progress.at(done));
  const { shape, patch } = patchOf(data.shape, sizes, job);
  const { batchSize, epochs } = data;
  const settings = settingsOf(data);
  const feed = new TrainingFeed(store, { images, sizes, shape, settings, batchSize, seed });
  const { weights } = new AttackBatch(await openNeeded(payload.files));
  const fitting = await def.begin({ params, seed, patch, model, weights });
  const position = new FitPosition(payload.positionPath, def, fitting);
  try {
    if (payload.resume) await position.restore();
    await steps({ fitting, feed, epochs, position, progress, job });
    return await finish(def, payload, fitting, position);
  } finally {
    fitting.dispose();
  }
}

interface Loop {
  readonly fitting: Fitting;
  readonly feed: TrainingFeed;
  readonly epochs: number;
  readonly position: FitPosition;
  readonly progress: Progress;
  readonly job: Job;
}

async function steps({ fitting, feed, epochs, position, progress, job }: Loop): Promise<void> {
  const { batchesPerEpoch } = feed;
  progress.begin(phase(position, epochs), position.step, epochs * batchesPerEpoch);
  try {
    for (let epoch = Math.floor(position.step / batchesPerEpoch); epoch < epochs; epoch++) {
      const first = position.step - epoch * batchesPerEpoch;
      for await (const batch of feed.batches(epoch, first)) {
        await job.control.checkpoint();
        const loss = await fitting.step(batch, { step: position.step, epoch });
        if (!Number.isFinite(loss)) throw diverged(position.step, loss);
        position.took(loss, epoch);
        progress.at(position.step, phase(position, epochs));
        await position.saveNowAndThen();
      }
    }
  } catch (error) {
    if (error instanceof LabError && error.kind === 'cancelled') await position.save();
    throw error;
  }
}

async function finish(
  def: FitDef,
  payload: FitPayload,
  fitting: Fitting,
  position: FitPosition,
): Promise<FitSummary> {
  const losses = position.losses.map((loss) => loss.toPrecision(6)).join(', ');
  const provenance = { ...payload.provenance, mean_loss_of_epochs: losses };
  const file: FitFile = { ...def.produces, ...fitting.result(), provenance };
  const written = await writeFit(payload.resultDir, file);
  await rm(payload.positionPath, { force: true });
  const fileName = `${def.id}-${written.sha256.slice(0, 8)}.safetensors`;
  return { ...written, fileName, facts: fitFacts(file) };
}

function phase({ epoch, lastLoss }: FitPosition, epochs: number): string {
  const loss = lastLoss === null ? '' : `, loss ${lastLoss.toPrecision(4)}`;
  return `fitting, epoch ${Math.min(epoch + 1, epochs)} of ${epochs}${loss}`;
}

/** What is cut from pictures that may be smaller than a fit would like. */
function patchOf(
  shape: ViewShape,
  sizes: readonly Size[],
  job: Job,
): { shape: ViewShape; patch: Size } {
  const smallest = {
    height: Math.min(...sizes.map(({ height }) => height)),
    width: Math.min(...sizes.map(({ width }) => width)),
  };
  if (shape.kind === 'whole') return { shape, patch: smallest };
  const patch = {
    height: Math.min(shape.height, smallest.height),
    width: Math.min(shape.width, smallest.width),
  };
  if (patch.height < shape.height || patch.width < shape.width) {
    job.warn({
      code: 'small-pictures',
      message: `The smallest picture has ${smallest.width} x ${smallest.height} pixels: patches of ${patch.width} x ${patch.height} are used in place of ${shape.width} x ${shape.height}.`,
    });
  }
  return { shape: { ...shape, ...patch }, patch };
}

function settingsOf({ viewsPerPicture, mirrored }: FitData): ViewSettings {
  return { ...viewSettings({}), trainViews: viewsPerPicture, flip: mirrored };
}

function nothingToFitOn(): LabError {
  return new LabError({
    kind: 'bad-input',
    message: 'there is no picture to fit on',
    safe: 'Nothing was started.',
    next: 'Choose a side of the split that has pictures.',
  });
}

function diverged(step: number, loss: number): LabError {
  return new LabError({
    kind: 'non-finite',
    message: `the fit stopped at step ${step + 1}: its loss is ${loss}`,
    safe: 'Nothing was added to the inventory.',
    next: 'Fit again with a smaller step.',
  });
}
