import type { AttackInfo, FitInfo } from '@shared/domain/catalogue';
import type { Run } from '@shared/domain/run';
import { defaultValues, type ParamValues } from '@shared/params';
import { attackFiles } from '@shared/weights/attack-files';
import type { StoredWeights } from '@shared/domain/weights';
import type { RpcClient } from '@shared/rpc';
import { BatchDraft } from './batch-draft.svelte';
import { fieldError } from './param-form';

/** Fits whose files an attack can be given. */
export function fitsFor(attack: AttackInfo, fits: readonly FitInfo[]): readonly FitInfo[] {
  const accepted = attack.params.flatMap((spec) => (spec.type === 'weights' ? spec.accepts : []));
  return fits.filter(({ produces }) => accepted.includes(produces.id));
}

/** Runs a fit can be made on: trained ones, or any whose pictures are there where the model does not matter. */
export function runsFor(fit: FitInfo, runs: readonly Run[]): readonly Run[] {
  return runs.filter(
    ({ state, deletedAtMs }) => deletedAtMs === null && (fit.on === 'data' || state === 'done'),
  );
}

/** The form for a new fit: what is optimised, on which run, with which settings. */
export class FitDraft {
  readonly #batch = new BatchDraft();
  fitId = $state<string | null>(null);
  runId = $state<number | null>(null);
  seed = $state(1);
  /** Values typed so far, by fit. */
  #typed = $state.raw<Readonly<Record<string, ParamValues>>>({});

  get error() {
    return this.#batch.error;
  }

  get busy(): boolean {
    return this.#batch.busy;
  }

  values(fit: FitInfo): ParamValues {
    return defaultValues(fit.params, this.#typed[fit.id]);
  }

  set(fit: FitInfo, values: ParamValues): void {
    this.#typed = { ...this.#typed, [fit.id]: { ...this.#typed[fit.id], ...values } };
  }

  /** What is wrong with the form, in sentences; null where it can start. */
  problem(fit: FitInfo, run: Run | undefined, stored: readonly StoredWeights[]): string | null {
    if (!run) {
      return fit.on === 'model' ? 'Train a model first.' : 'Set up a run on a data set first.';
    }
    const values = this.values(fit);
    const missing = attackFiles(fit, values, stored).missing;
    if (missing.length > 0) return missing.join(' ');
    for (const spec of fit.params) {
      const wrong = fieldError(spec, values[spec.id]);
      if (wrong) return `${spec.label} ${wrong}`;
    }
    return null;
  }

  /** Queues the fit on the training pictures of the run. @returns whether it was taken */
  start(client: RpcClient, fit: FitInfo, run: Run): Promise<boolean> {
    const request = {
      runIds: [run.id],
      side: 'train' as const,
      fitId: fit.id,
      params: this.values(fit),
      seed: this.seed,
      limit: null,
    };
    return this.#batch.start(() => client.call('fit.start', request));
  }
}
