import type { Extent, PicturePoint, Placement } from '../../state/pixel-view.svelte';

/** What is written into a pixel that is drawn large enough to read. */
export interface Cell {
  /** Red, green, blue. */
  readonly lines: readonly string[];
  /** Whether the pixel is bright, so that the text must be dark. */
  readonly bright: boolean;
}

export interface PaneDrawing {
  readonly picture: HTMLCanvasElement;
  /** Drawn over the picture from `wipe` to the right; null draws one picture. */
  readonly over: HTMLCanvasElement | null;
  /** Share of the pane's width, 0 to 1. */
  readonly wipe: number;
  readonly placement: Placement;
  readonly pane: Extent;
  readonly cursor: PicturePoint | null;
  readonly cell: ((column: number, row: number) => Cell) | null;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
}

/** CSS pixels a picture pixel takes before three lines of 12 px fit into it. */
const readable = 48;

/** Draws a pane: pixels are never smoothed at 1:1 and above, and carry their values when large. */
export function drawPane(context: CanvasRenderingContext2D, drawing: PaneDrawing): void {
  const { picture, over, wipe, placement, pane, cursor, cell, ratio } = drawing;
  const { scale, left, top } = placement;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, pane.width, pane.height);
  context.imageSmoothingEnabled = scale * ratio < 1;
  context.imageSmoothingQuality = 'high';
  const put = (source: HTMLCanvasElement): void =>
    context.drawImage(source, left, top, source.width * scale, source.height * scale);
  put(picture);
  if (over) {
    const from = wipe * pane.width;
    context.save();
    context.beginPath();
    context.rect(from, 0, pane.width - from, pane.height);
    context.clip();
    put(over);
    context.restore();
    line(context, from, pane.height);
  }
  if (cell && scale >= readable) writeCells(context, drawing, cell);
  if (cursor) frame(context, left + cursor.x * scale, top + cursor.y * scale, Math.max(3, scale));
}

function writeCells(
  context: CanvasRenderingContext2D,
  { picture, placement: { scale, left, top }, pane }: PaneDrawing,
  cell: (column: number, row: number) => Cell,
): void {
  context.font = "12px 'IBM Plex Mono', monospace";
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const [firstColumn, firstRow] = [Math.floor(-left / scale), Math.floor(-top / scale)];
  for (let row = Math.max(0, firstRow); row < picture.height; row++) {
    if (top + row * scale > pane.height) break;
    for (let column = Math.max(0, firstColumn); column < picture.width; column++) {
      const x = left + column * scale;
      if (x > pane.width) break;
      const { lines, bright } = cell(column, row);
      context.fillStyle = bright ? '#000000' : '#ffffff';
      lines.forEach((text, i) =>
        context.fillText(text, x + scale / 2, top + row * scale + scale / 2 + (i - 1) * 14),
      );
    }
  }
}

/** White between two dark lines, so that it shows on any picture. */
function line(context: CanvasRenderingContext2D, x: number, height: number): void {
  context.fillStyle = '#000000';
  context.fillRect(x - 1.5, 0, 3, height);
  context.fillStyle = '#ffffff';
  context.fillRect(x - 0.5, 0, 1, height);
}

function frame(context: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  for (const [colour, grow] of [
    ['#000000', 1.5],
    ['#ffffff', 0.5],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.strokeRect(x - grow, y - grow, size + 2 * grow, size + 2 * grow);
  }
}
