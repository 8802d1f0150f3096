import type { FigureOptions, StudySelection } from '@shared/domain/study';
import { toErrorData, type LabErrorData } from '@shared/errors';
import type { Bundle, FigureSize, RpcClient } from '@shared/rpc';

/** The sheet that writes a paper bundle: what is asked for, how far it is, what came of it. */
export class BundleExport {
  readonly #client: RpcClient;
  #busy = $state(false);
  #progress = $state.raw<{ done: number; total: number; phase: string } | null>(null);
  #error = $state.raw<LabErrorData | null>(null);
  #bundle = $state.raw<Bundle | null>(null);
  name = $state('paper-bundle');
  fontPt = $state<'8' | '9'>('8');
  font = $state<FigureSize['font']>('serif');
  overwrite = $state(false);

  constructor(client: RpcClient) {
    this.#client = client;
  }

  get busy(): boolean {
    return this.#busy;
  }

  get progress(): { done: number; total: number; phase: string } | null {
    return this.#progress;
  }

  get error(): LabErrorData | null {
    return this.#error;
  }

  /** The bundle written last. */
  get bundle(): Bundle | null {
    return this.#bundle;
  }

  /** Writes the bundle of a selection; figures of one pair or attack are written for all of them. */
  async write(selection: StudySelection, { scored, paper, joined }: FigureOptions): Promise<void> {
    this.#busy = true;
    this.#error = this.#bundle = null;
    const end = this.#client.on('bundle.progress', (progress) => (this.#progress = progress));
    try {
      this.#bundle = await this.#client.call('export.bundle', {
        name: this.name,
        selection,
        options: { scored, paper, joined },
        size: { fontPt: Number(this.fontPt), font: this.font, dpi: 300 },
        path: null,
        overwrite: this.overwrite,
      });
    } catch (thrown) {
      this.#error = toErrorData(thrown);
    } finally {
      end();
      this.#progress = null;
      this.#busy = false;
    }
  }
}
