import { toErrorData, type LabErrorData } from '@shared/errors';
import type { FigureDef } from '@shared/figures';
import type { FigureOptions, StudySelection } from '@shared/domain/study';
import type { Exported, FigureFormat, FigureSize, RpcClient } from '@shared/rpc';

/** Widths of one and two columns of a CVPR paper, in inches. */
export const widths = { one: 3.25, two: 6.875 } as const;

/** The export sheet of a figure: size, type, and the files written so far. */
export class FigureExport {
  readonly #client: RpcClient;
  #files = $state.raw<readonly (Exported & { readonly format: FigureFormat })[]>([]);
  #error = $state.raw<LabErrorData | null>(null);
  #busy = $state<FigureFormat | null>(null);
  widthIn = $state<number | null>(widths.one);
  heightIn = $state<number | null>(widths.one);
  fontPt = $state<number | null>(8);
  font = $state<FigureSize['font']>('serif');
  dpi = $state<number | null>(300);

  readonly problem = $derived.by(() => {
    const { widthIn, heightIn, fontPt, dpi } = this;
    if (!within(widthIn, 1, 20)) return 'The width must be 1 to 20 inches.';
    if (!within(heightIn, 1, 20)) return 'The height must be 1 to 20 inches.';
    if (!within(fontPt, 5, 24)) return 'The type must be 5 to 24 pt.';
    if (!within(dpi, 72, 1200)) return 'The resolution must be 72 to 1200 dpi.';
    return null;
  });

  constructor(client: RpcClient, figure: FigureDef) {
    this.#client = client;
    this.widthIn = figure.size.widthIn;
    this.heightIn = figure.size.heightIn;
  }

  get files(): readonly (Exported & { readonly format: FigureFormat })[] {
    return this.#files;
  }

  get error(): LabErrorData | null {
    return this.#error;
  }

  get busy(): FigureFormat | null {
    return this.#busy;
  }

  /** Takes a width and keeps the proportions. */
  setWidth(widthIn: number): void {
    const ratio = (this.heightIn ?? 1) / (this.widthIn ?? 1);
    this.widthIn = widthIn;
    this.heightIn = Math.round(widthIn * ratio * 100) / 100;
  }

  /** Writes one file into the workspace's exports folder. */
  async write(
    figureId: string,
    selection: StudySelection,
    options: FigureOptions,
    format: FigureFormat,
  ): Promise<void> {
    const { widthIn, heightIn, fontPt, font, dpi } = this;
    if (widthIn === null || heightIn === null || fontPt === null || dpi === null) return;
    this.#busy = format;
    this.#error = null;
    try {
      const size = { widthIn, heightIn, fontPt, font, dpi };
      const file = await this.#client.call('export.figure', {
        figureId,
        selection,
        options,
        size,
        format,
      });
      const others = this.#files.filter((known) => known.path !== file.path);
      this.#files = [{ ...file, format }, ...others];
    } catch (thrown) {
      this.#error = toErrorData(thrown);
    } finally {
      this.#busy = null;
    }
  }
}

function within(value: number | null, low: number, high: number): boolean {
  return value !== null && value >= low && value <= high;
}
