import { toErrorData, type LabErrorData } from '@shared/errors';
import type { FigureDef } from '@shared/figures';
import type { FigureOptions, StudySelection } from '@shared/domain/study';
import type { Exported, FigureFormat, FigureSize, RpcClient } from '@shared/rpc';
import { Latest } from './latest';

/** Widths of one and two columns of a CVPR paper, in inches. */
export const widths = { one: 3.25, two: 6.875 } as const;

/** Browsers have 96 pixels to the inch, whatever the screen. */
const screenDpi = 96;
/** While a person types, only the last of a burst of changes is drawn. */
const quietMs = 200;

/** What is exported: a figure of the study as it is shown. */
export interface Sheet {
  readonly figureId: string;
  readonly selection: StudySelection;
  readonly options: FigureOptions;
}

/** The export sheet of a figure: size, type, how it will look, and the files written so far. */
export class FigureExport {
  readonly #client: RpcClient;
  readonly #latest = new Latest();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #files = $state.raw<readonly (Exported & { readonly format: FigureFormat })[]>([]);
  #error = $state.raw<LabErrorData | null>(null);
  #busy = $state<FigureFormat | null>(null);
  #preview = $state.raw<{ readonly url: string; readonly widthIn: number } | null>(null);
  #drawing = $state(false);
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

  /** The size asked for; null while a field is empty or out of range. */
  readonly size: FigureSize | null = $derived.by(() => {
    const { widthIn, heightIn, fontPt, font, dpi } = this;
    const complete = widthIn !== null && heightIn !== null && fontPt !== null && dpi !== null;
    return complete && this.problem === null ? { widthIn, heightIn, fontPt, font, dpi } : null;
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

  /** The figure as the files will show it, at the width it was drawn for; null before the first. */
  get preview(): { readonly url: string; readonly widthIn: number } | null {
    return this.#preview;
  }

  /** Whether what is shown is older than what the fields say. */
  get drawing(): boolean {
    return this.#drawing;
  }

  /** Takes a width and keeps the proportions. */
  setWidth(widthIn: number): void {
    const ratio = (this.heightIn ?? 1) / (this.widthIn ?? 1);
    this.widthIn = widthIn;
    this.heightIn = Math.round(widthIn * ratio * 100) / 100;
  }

  /**
   * Draws the figure for the screen once the fields have been quiet for a moment.
   * @param zoom screen pixels per pixel of the page, so that it is sharp where it is shown
   */
  show(sheet: Sheet, size: FigureSize, zoom: number): void {
    clearTimeout(this.#timer);
    this.#drawing = true;
    this.#timer = setTimeout(() => void this.#draw(sheet, size, zoom), quietMs);
  }

  async #draw(sheet: Sheet, size: FigureSize, zoom: number): Promise<void> {
    const isNewest = this.#latest.begin();
    const dpi = Math.min(400, Math.max(72, Math.round(screenDpi * zoom)));
    try {
      const args = { ...sheet, size: { ...size, dpi } };
      const { png } = await this.#client.call('export.preview', args);
      if (!isNewest()) return;
      this.#replace(URL.createObjectURL(new Blob([bytesOf(png)], { type: 'image/png' })), size);
      this.#error = null;
    } catch (thrown) {
      if (isNewest()) this.#error = toErrorData(thrown);
    } finally {
      if (isNewest()) this.#drawing = false;
    }
  }

  /** Forgets what is shown; call when the sheet closes. */
  close(): void {
    clearTimeout(this.#timer);
    this.#latest.begin();
    this.#drawing = false;
    this.#replace(null);
  }

  #replace(url: string | null, size?: FigureSize): void {
    if (this.#preview) URL.revokeObjectURL(this.#preview.url);
    this.#preview = url !== null && size ? { url, widthIn: size.widthIn } : null;
  }

  /** Writes one file into the workspace's exports folder. */
  async write(sheet: Sheet, format: FigureFormat): Promise<void> {
    const { size } = this;
    if (!size) return;
    this.#busy = format;
    this.#error = null;
    try {
      const file = await this.#client.call('export.figure', { ...sheet, size, format });
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

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
