import type { Catalogue, ModelInfo } from '@shared/domain/catalogue';
import type { Pair, Regime, Run, TrainSpec } from '@shared/domain/run';
import type { StoredWeights } from '@shared/domain/weights';
import { LabError } from '@shared/errors';
import { checkValues, type ParamValues } from '@shared/params';
import type { ImportDraft } from '@shared/rpc';
import { settingsOf } from '@shared/weights/initial';
import { app } from '../app';
import { getDataset } from '../db/datasets';
import { insertJob } from '../db/jobs';
import { getPair, getRun, insertPair, insertRun } from '../db/runs';
import { getSplit } from '../db/splits';
import { getWeights } from '../db/weights';
import { resolveInitial } from '../weights/initial';
import type { JobBoard } from './board';
import { checkSplit, findModel, tellStored } from './create-pair';

export interface ImportedRuns {
  readonly runs: Run[];
  /** Set where both twins were given. */
  readonly pair: Pair | null;
}

/**
 * Stores runs that are whole models' weight files as they came, and queues the reading of each. They
 * are judged by epoch 0; what they were trained on and how is not known.
 * @throws LabError `bad-input` where a file is no whole model or the two are not twins, `not-found`
 */
export function createImport(
  board: JobBoard,
  catalogue: Catalogue,
  draft: ImportDraft,
): ImportedRuns {
  const { db } = board;
  const dataset = getDataset(db, draft.datasetId);
  const split = getSplit(db, draft.splitId);
  const given = [
    { regime: 'baseline' as const, sha256: draft.baseline },
    { regime: 'nt' as const, sha256: draft.twin },
  ].flatMap(({ regime, sha256 }) =>
    sha256 === null ? [] : [{ regime, weights: getWeights(db, sha256).weights }],
  );
  const model = modelOf(catalogue, given);
  const specs = given.map(({ weights }) => specOf(board, model, weights, draft));
  requireTwins(specs);
  for (const spec of specs) checkSplit(board, split, spec, 'last');
  const now = Date.now();
  const stored = db.transaction(() => {
    const rows = specs.map((spec, i) => {
      const regime: Regime = given[i]?.regime ?? 'baseline';
      const runId = insertRun(db, {
        regime,
        name: regime === 'nt' ? `${draft.name} +NT` : draft.name,
        spec,
        modelTitle: model.title,
        selection: 'last',
        epochsTotal: 0,
        datasetHash: dataset.contentHash,
        splitHash: split.contentHash,
        appVersion: app.version,
        createdAtMs: now,
      });
      const job = { spec: { kind: 'train' as const, runId }, action: 'Import', createdAtMs: now };
      return { runId, jobId: insertJob(db, job) };
    });
    const [baseline, twin] = rows;
    const pairId =
      baseline && twin
        ? insertPair(db, {
            name: draft.name,
            baselineRunId: baseline.runId,
            ntRunId: twin.runId,
            seriesId: null,
            createdAtMs: now,
          })
        : null;
    return { pairId, rows };
  });
  const jobIds = stored.rows.map(({ jobId }) => jobId);
  tellStored(board, [{ jobIds, lockedIn: split.locked ? null : dataset.id }]);
  return {
    runs: stored.rows.map(({ runId }) => getRun(db, runId)),
    pair: stored.pairId === null ? null : getPair(db, stored.pairId),
  };
}

/** The one model that all files are. */
function modelOf(
  catalogue: Catalogue,
  given: readonly { readonly weights: StoredWeights }[],
): ModelInfo {
  const [first, second] = given.map(({ weights }) => weights);
  if (!first) throw refused('no weight file was named', 'Name the file of a whole model.');
  for (const { facts, fileName } of second ? [first, second] : [first]) {
    if (facts.kind === 'model') continue;
    throw refused(
      `${fileName} is ${facts.title}, a part that a model starts from: it gives no scores`,
      'Choose the file of a whole model, or train a pair that starts from this one.',
    );
  }
  if (second && second.facts.id !== first.facts.id) {
    throw refused(
      `${first.fileName} is ${first.facts.title}, ${second.fileName} is ${second.facts.title}: they are no twins`,
      'Choose two files of one model, or use each on its own.',
    );
  }
  if (second?.sha256 === first.sha256) {
    throw refused(
      `${first.fileName} was named for both twins`,
      'Choose two files, or use this one on its own.',
    );
  }
  return findModel(catalogue, first.facts.id);
}

function specOf(
  board: JobBoard,
  model: ModelInfo,
  weights: StoredWeights,
  draft: ImportDraft,
): TrainSpec {
  const asked = { ...settingsOf(weights.facts), ...draft.modelParams };
  const modelParams = checkValues(model.title, model.params, asked);
  const choice = { kind: 'weights' as const, sha256: [weights.sha256] };
  return {
    datasetId: draft.datasetId,
    splitId: draft.splitId,
    modelId: model.id,
    modelVersion: model.version,
    modelParams,
    trainer: viewsOnly(model, checkValues('views', model.trainer, draft.trainer)),
    nt: null,
    seed: draft.seed,
    initial: resolveInitial(board.db, model, modelParams, choice),
    imported: { scale: draft.scale },
  };
}

/** Nothing is trained: only how pictures are viewed is part of what this run is. */
function viewsOnly({ trainer }: ModelInfo, values: ParamValues): ParamValues {
  const ids = new Set(trainer.flatMap(({ id, group }) => (group === 'Views' ? [id] : [])));
  return Object.fromEntries(Object.entries(values).filter(([id]) => ids.has(id)));
}

function requireTwins([first, second]: readonly TrainSpec[]): void {
  if (!first || !second) return;
  const differing = Object.keys(first.modelParams).filter(
    (id) => first.modelParams[id] !== second.modelParams[id],
  );
  if (differing.length === 0) return;
  throw refused(
    `the two files are networks of different settings (${differing.join(', ')}): they are no twins`,
    'Use each on its own.',
  );
}

function refused(message: string, next: string): LabError {
  return new LabError({ kind: 'bad-input', message, safe: 'Nothing was started.', next });
}
