import type { Catalogue } from '@shared/domain/catalogue';
import type { Preflight, PreflightOffer, TrialResult } from '@shared/domain/preflight';
import { LabError, toErrorData } from '@shared/errors';
import type { ParamValues } from '@shared/params';
import type { PairDraft } from '@shared/rpc';
import type { TrialPayload } from '@shared/worker-protocol';
import { planPair, type PlannedPair } from '../jobs/create-pair';
import type { JobBoard } from '../jobs/board';
import type { FreeBytes } from '../jobs/disk-guard';
import { trialPayload } from '../jobs/payload';
import { initialPayload } from '../weights/initial';
import { freeBytes as freeOnDisk, neededBytes } from '../workspace/disk-space';
import { notesOn, stop, type Finding } from './findings';
import type { Tried } from './trial-worker';

export interface PreflightParts {
  readonly board: JobBoard;
  readonly catalogue: Catalogue;
  readonly freeBytes?: FreeBytes;
  /** Memory that programs may still take, in bytes. */
  readonly availableBytes: () => number;
  /** Measures in a process of its own. */
  readonly trial: (payload: TrialPayload) => Promise<Tried>;
  /** Told what is being measured. */
  readonly tell: (what: string) => void;
}

/** Halving the batch more often than this would change the training beyond recognition. */
const mostOffers = 3;

/**
 * Checks a pair before it is set up: what stands in its way, and what its training will take, measured
 * by a few real steps of both twins. Where memory is short, settings that need less are measured too.
 * Stores nothing.
 * @param repeats how often the pair is to be trained
 */
export async function preflight(
  parts: PreflightParts,
  draft: PairDraft,
  repeats: number,
): Promise<Preflight> {
  const { board, catalogue, availableBytes } = parts;
  let planned: PlannedPair;
  let findings: Finding[];
  try {
    planned = planPair(board, catalogue, draft);
    findings = notesOn(planned.base, planned.split, planned.selection);
    initialPayload(board.db, board.layout, planned.base);
  } catch (thrown) {
    return refused([stop(toErrorData(thrown))]);
  }
  const free = availableBytes();
  const measure = async (trainer: ParamValues, what: string): Promise<Tried> => {
    parts.tell(what);
    return parts.trial(trialPayload(board.db, board.layout, planned, trainer));
  };
  const { trainer } = planned.base;
  let tried: Tried;
  try {
    tried = await measure(trainer, 'taking a few steps of both twins');
  } catch (thrown) {
    const error = toErrorData(thrown);
    if (!isMemory(error.kind)) return refused([...findings, stop(error)]);
    const offers = await offersFor(planned, free, repeats, measure);
    return { ok: false, findings: [...findings, stop(error)], measured: null, offers };
  }
  const { result, engine } = tried;
  const peakBytes = peakOf(result);
  const disk = diskOf(result, repeats);
  const freeDiskBytes = await (parts.freeBytes ?? freeOnDisk)(board.layout.root);
  const fits = peakBytes <= free;
  if (!fits) findings.push(stop(noMemory(peakBytes, free).toData()));
  if (disk > freeDiskBytes) findings.push(stop(noDisk(disk, freeDiskBytes).toData()));
  return {
    ok: findings.every(({ kind }) => kind === 'note'),
    findings,
    measured: {
      engine,
      trial: result,
      totalMs: totalMs(planned, result, repeats),
      peakBytes,
      availableBytes: free,
      diskBytes: disk,
      freeDiskBytes,
    },
    offers: fits ? [] : await offersFor(planned, free, repeats, measure),
  };
}

const refused = (findings: Finding[]): Preflight => ({
  ok: false,
  findings,
  measured: null,
  offers: [],
});

/**
 * Recomputation first, which changes nothing but time; then smaller batches, with it, until one fits.
 */
async function offersFor(
  planned: PlannedPair,
  free: number,
  repeats: number,
  measure: (trainer: ParamValues, what: string) => Promise<Tried>,
): Promise<PreflightOffer[]> {
  const { trainer } = planned.base;
  const asked = Number(trainer['batchSize'] ?? 1);
  const changes: { title: string; consequence: string; trainer: ParamValues }[] = [];
  if (trainer['recompute'] === false) {
    const consequence = 'The results are the same up to rounding; each step takes longer.';
    changes.push({ title: 'Compute activations twice', consequence, trainer: { recompute: true } });
  }
  for (let size = Math.floor(asked / 2); size >= 1; size = Math.floor(size / 2)) {
    changes.push({
      title: `${size} views per step instead of ${asked}, activations computed twice`,
      consequence:
        'The training is no longer that of the preset: steps are noisier and there are more of them.',
      trainer: { recompute: true, batchSize: size },
    });
  }
  const offers: PreflightOffer[] = [];
  for (const change of changes.slice(0, mostOffers)) {
    try {
      const changed = { ...trainer, ...change.trainer };
      const { result } = await measure(changed, `trying: ${change.title}`);
      const peakBytes = peakOf(result);
      const ms = totalMs(planned, result, repeats);
      offers.push({ ...change, peakBytes, totalMs: ms, fits: peakBytes <= free });
      if (peakBytes <= free) return offers;
    } catch (thrown) {
      // What runs out of memory as well is no offer; anything else is a fault worth hearing of.
      if (!isMemory(toErrorData(thrown).kind)) throw thrown;
    }
  }
  return offers;
}

function peakOf({ twins }: TrialResult): number {
  return Math.max(...twins.map(({ peakBytes }) => peakBytes));
}

/** Opening pictures once, then for each twin every step and the scores after every epoch. */
function totalMs({ split, selection }: PlannedPair, trial: TrialResult, repeats: number): number {
  const { train, validation, test } = split.counts;
  const judged = validation + (selection === 'test' ? test : 0);
  const perTwin = trial.twins.map(({ stages }) =>
    stages.reduce(
      (sum, { epochs, stepMs }) =>
        sum + epochs * (trial.stepsPerEpoch * stepMs + judged * trial.scoreMs),
      0,
    ),
  );
  const once = perTwin.reduce((sum, ms) => sum + ms, 0);
  return (train + judged) * trial.openMs + repeats * once;
}

/** What three checkpoints of each run take, as the lab keeps them, and its reserve. */
function diskOf({ twins }: TrialResult, repeats: number): number {
  const perRepeat = twins.reduce((sum, { checkpointBytes }) => sum + 3 * checkpointBytes, 0);
  return neededBytes(0) + repeats * perRepeat;
}

const isMemory = (kind: string): boolean => kind === 'out-of-memory' || kind === 'worker-died';

function noMemory(needed: number, free: number): LabError {
  return new LabError({
    kind: 'out-of-memory',
    message: `a step needs ${gigabytes(needed)} of memory, ${gigabytes(free)} are free`,
    safe: 'Nothing was started.',
    next: 'Close other programs, or take one of the offers.',
  });
}

function noDisk(needed: number, free: number): LabError {
  return new LabError({
    kind: 'disk-full',
    message: `the checkpoints need ${gigabytes(needed)} of disk, ${gigabytes(free)} are free`,
    safe: 'Nothing was started.',
    next: 'Free some space, or move the workspace to another disk.',
  });
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
