import type { BenchAnswer, BenchPhase, BenchScope } from '@shared/domain/bench';
import type { AttackInfo } from '@shared/domain/catalogue';
import type { Regime, Run } from '@shared/domain/run';
import { toErrorData, type LabErrorData } from '@shared/errors';
import type { Args, RpcClient } from '@shared/rpc';
import { BenchSetting } from './bench-setting.svelte';
import { fetchPixels, type BenchPixels } from './bench-pixels';
import type { CatalogueState } from './catalogue.svelte';
import { Latest } from './latest';
import type { Runs } from './runs.svelte';
import type { WeightsState } from './weights.svelte';

/** What the bench shows of one twin, and of which question it is the answer. */
export interface Shown {
  readonly question: string;
  readonly answer: BenchAnswer;
  readonly pixels: BenchPixels;
}

/** What is being waited for. */
export interface Waiting {
  readonly regime: Regime;
  readonly scope: BenchScope;
  readonly phase: BenchPhase | null;
  readonly looks: number;
}

interface Options {
  readonly load?: (id: string) => Promise<ArrayBuffer>;
  /** A slider moves many times a second; what it passes over is never asked, in milliseconds. */
  readonly settleMs?: number;
}

const regimes = ['baseline', 'nt'] as const;

/**
 * The bench: one picture, both twins, one attack. Whatever changes is asked anew at once: first a
 * preview of each twin, then, where that left views out, all views. A newer question makes the host
 * cancel the older one; its answer, should it still come, is dropped.
 */
export class BenchState {
  readonly setting: BenchSetting;
  readonly #client: RpcClient;
  readonly #options: Required<Options>;
  readonly #latest = new Latest();
  /** Names this window to the host. */
  readonly #window = crypto.randomUUID();
  #shown = $state.raw<Readonly<Record<Regime, Shown | null>>>({ baseline: null, nt: null });
  #waiting = $state.raw<Waiting | null>(null);
  #error = $state.raw<LabErrorData | null>(null);
  #clean: { readonly id: string; readonly bytes: Uint8Array } | null = null;

  /** The question as text; null while something is missing or wrong. */
  readonly question = $derived.by(() => {
    const { image, attack, params, run, seed, problem, twins } = this.setting;
    if (!image || !attack || twins.length === 0 || problem !== null) return null;
    const ids = twins.map(({ id }) => id);
    return JSON.stringify([ids, image.id, attack.id, params, run, seed]);
  });

  constructor(
    client: RpcClient,
    runs: Runs,
    catalogue: CatalogueState,
    weights: Pick<WeightsState, 'files'>,
    options: Options = {},
  ) {
    this.#client = client;
    this.#options = { load: fetchPixels, settleMs: 60, ...options };
    this.setting = new BenchSetting(runs, catalogue, weights);
    client.on('bench.phase', ({ window, phase, done }) => {
      if (window !== this.#window || !this.#waiting) return;
      this.#waiting = { ...this.#waiting, phase, looks: done };
    });
  }

  /** The latest answer of a twin, perhaps of an older question: `isCurrent` tells. */
  shown(regime: Regime): Shown | null {
    return this.#shown[regime];
  }

  isCurrent(shown: Shown): boolean {
    return shown.question === this.question;
  }

  get waiting(): Waiting | null {
    return this.#waiting;
  }

  get error(): LabErrorData | null {
    return this.#error;
  }

  /** Asks what is set now; call it whenever `question` changes. */
  async refresh(question = this.question): Promise<void> {
    const isNewest = this.#latest.begin();
    const { image, attack, twins } = this.setting;
    this.#forgetOthers(image?.id, twins);
    if (question === null || !image || !attack) {
      this.#waiting = null;
      void this.#stop();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, this.#options.settleMs));
    if (!isNewest()) return;
    this.#error = null;
    try {
      for (const scope of ['preview', 'full'] as const) {
        for (const run of twins) {
          const known = this.#shown[run.regime];
          if (known?.question === question && isWhole(known.answer)) continue;
          this.#waiting = { regime: run.regime, scope, phase: null, looks: 0 };
          const shown = await this.#ask(this.#question(run, image.id, attack, scope), question);
          if (!isNewest()) return;
          this.#shown = { ...this.#shown, [run.regime]: shown };
        }
      }
      this.#waiting = null;
    } catch (thrown) {
      if (!isNewest()) return;
      this.#waiting = null;
      this.#error = toErrorData(thrown);
    }
  }

  /** The person stops waiting, or goes elsewhere. */
  leave(): void {
    this.#latest.begin();
    if (this.#waiting) void this.#stop();
    this.#waiting = null;
  }

  clear(): void {
    this.leave();
    this.#shown = { baseline: null, nt: null };
    this.#clean = null;
    this.#error = null;
    this.setting.clear();
  }

  #question(run: Run, imageId: number, attack: AttackInfo, scope: BenchScope): Args<'bench.run'> {
    const { params, run: settings, seed } = this.setting;
    const what = { runId: run.id, imageId, attackId: attack.id, params, run: settings };
    return { window: this.#window, ...what, seed: seed ?? 0, scope };
  }

  async #ask(args: Args<'bench.run'>, question: string): Promise<Shown> {
    const answer = await this.#client.call('bench.run', args);
    const { width, height, cleanId, attackedId } = answer;
    const [clean, attacked] = await Promise.all([
      this.#clean?.id === cleanId ? this.#clean.bytes : this.#options.load(cleanId),
      this.#options.load(attackedId),
    ]);
    const bytes = clean instanceof ArrayBuffer ? new Uint8Array(clean) : clean;
    this.#clean = { id: cleanId, bytes };
    const pixels = { width, height, clean: bytes, attacked: new Float32Array(attacked) };
    return { question, answer, pixels };
  }

  /** Another picture or pair: what was shown is not about it. */
  #forgetOthers(imageId: number | undefined, twins: readonly Run[]): void {
    for (const regime of regimes) {
      const known = this.#shown[regime];
      const [ids] = known ? (JSON.parse(known.question) as [number[]]) : [[]];
      const same =
        known?.answer.row.imageId === imageId && ids.join() === twins.map(({ id }) => id).join();
      if (known && !same) this.#shown = { ...this.#shown, [regime]: null };
    }
  }

  async #stop(): Promise<void> {
    try {
      await this.#client.call('bench.stop', { window: this.#window });
    } catch (thrown) {
      // Only that the computer is busy a little longer: worth a word where words are shown.
      this.#error = toErrorData(thrown);
    }
  }
}

/** Whether all views were attacked, so that a batch would store the same numbers. */
export function isWhole({ views, viewsInAll }: BenchAnswer): boolean {
  return views === viewsInAll;
}
