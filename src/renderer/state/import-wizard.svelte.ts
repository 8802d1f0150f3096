import type { ImportPreview, ImportReport, LabelMapping } from '@shared/domain/dataset';
import { toErrorData, type LabErrorData } from '@shared/errors';
import type { RpcClient } from '@shared/rpc';
import { Latest } from './latest';
import { baseName } from './paths';

export type ImportStep = 'choose' | 'map' | 'importing' | 'report';

/** The one wizard of the lab: source, columns, import, report. Nothing is stored before "Import". */
export class ImportWizard {
  readonly #client: RpcClient;
  readonly #latest = new Latest();
  #step = $state<ImportStep>('choose');
  #preview = $state.raw<ImportPreview | null>(null);
  #report = $state.raw<ImportReport | null>(null);
  #error = $state.raw<LabErrorData | null>(null);
  #busy = $state(false);
  /** Folder or label file as typed or chosen. */
  path = $state('');
  name = $state('');
  mapping = $state.raw<LabelMapping | null>(null);

  readonly problem = $derived(this.mapping ? mappingProblem(this.mapping) : null);

  constructor(client: RpcClient) {
    this.#client = client;
  }

  get step(): ImportStep {
    return this.#step;
  }

  get preview(): ImportPreview | null {
    return this.#preview;
  }

  get report(): ImportReport | null {
    return this.#report;
  }

  get error(): LabErrorData | null {
    return this.#error;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** Looks at the chosen source; the guess of its columns becomes the mapping to correct. */
  async look(): Promise<void> {
    await this.#guard(async (isNewest) => {
      const preview = await this.#client.call('dataset.preview', { path: this.path });
      if (!isNewest()) return;
      this.#preview = preview;
      this.mapping = preview.mapping;
      this.name = this.name || suggestedName(preview, this.path);
      this.#step = 'map';
    });
  }

  change(part: Partial<LabelMapping>): void {
    if (this.mapping) this.mapping = { ...this.mapping, ...part };
  }

  back(): void {
    this.#error = null;
    this.#step = 'choose';
  }

  /** Imports; a failure returns to the mapping with its reason. */
  async run(): Promise<ImportReport | undefined> {
    const preview = this.#preview;
    if (!preview) return undefined;
    this.#step = 'importing';
    await this.#guard(async () => {
      this.#report = await this.#client.call('dataset.import', {
        path: this.path,
        name: this.name.trim(),
        importer: preview.importer,
        mapping: this.mapping,
      });
      this.#step = 'report';
    });
    if (this.#error) this.#step = 'map';
    return this.#report ?? undefined;
  }

  async #guard(work: (isNewest: () => boolean) => Promise<void>): Promise<void> {
    const isNewest = this.#latest.begin();
    this.#busy = true;
    this.#error = null;
    try {
      await work(isNewest);
    } catch (thrown) {
      if (isNewest()) this.#error = toErrorData(thrown);
    } finally {
      if (isNewest()) this.#busy = false;
    }
  }
}

/** A published release has its own title; anything else is called like its folder or file. */
function suggestedName(preview: ImportPreview, path: string): string {
  return preview.mapping === null ? preview.title : baseName(path).replace(/\.\w{2,4}$/, '');
}

/** What is missing from a mapping, in a sentence; null when it can be imported. */
export function mappingProblem(mapping: LabelMapping): string | null {
  if (mapping.image === '') return 'Choose the column that names the pictures.';
  if (mapping.score === '') return 'Choose the column that holds the ratings.';
  if (mapping.image === mapping.score) return 'Pictures and ratings cannot be the same column.';
  if (!(mapping.scoreMin < mapping.scoreMax)) {
    return 'The lowest possible rating must be below the highest.';
  }
  return null;
}
