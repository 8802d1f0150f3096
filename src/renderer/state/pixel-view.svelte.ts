/** A point of a picture, in its pixels; whole numbers are the corners of pixels. */
export interface PicturePoint {
  readonly x: number;
  readonly y: number;
}
export interface Extent {
  readonly width: number;
  readonly height: number;
}

/** CSS pixels per picture pixel that the buttons and keys go through; the wheel passes between. */
const stops = [0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128] as const;
const [smallest, largest] = [stops[0], 128];

/** Where a picture lies in a pane: CSS pixels per picture pixel, and the place of its corner. */
export interface Placement {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

/**
 * Places a picture in a pane: whole and centred while `zoom` is null, else with `centre` in the
 * middle, but never with an empty margin that the picture could fill.
 */
export function place(
  picture: Extent,
  pane: Extent,
  zoom: number | null,
  centre: PicturePoint,
): Placement {
  const scale = zoom ?? Math.min(pane.width / picture.width, pane.height / picture.height);
  const along = (length: number, room: number, middle: number): number => {
    const drawn = length * scale;
    if (drawn <= room) return (room - drawn) / 2;
    return Math.min(0, Math.max(room - drawn, room / 2 - middle * scale));
  };
  return {
    scale,
    left: along(picture.width, pane.width, centre.x),
    top: along(picture.height, pane.height, centre.y),
  };
}

/** What every pane of the bench shows of its picture: one zoom, one place, one marked pixel. */
export class PixelView {
  /** CSS pixels per picture pixel; null shows the whole picture. */
  zoom = $state<number | null>(null);
  centre = $state.raw<PicturePoint>({ x: 0, y: 0 });
  /** The marked pixel, by column and row; null while none is. */
  cursor = $state.raw<PicturePoint | null>(null);
  #picture: Extent = { width: 1, height: 1 };

  /** A picture of another size starts whole; one of the same size stays where it was looked at. */
  show(picture: Extent): void {
    const { width, height } = this.#picture;
    if (picture.width === width && picture.height === height) return;
    this.#picture = picture;
    this.centre = { x: picture.width / 2, y: picture.height / 2 };
    this.zoom = null;
    this.cursor = null;
  }

  fit(): void {
    this.zoom = null;
  }

  /** @param scale CSS pixels per picture pixel now */
  step(direction: 1 | -1, scale: number): void {
    const next =
      direction === 1
        ? stops.find((stop) => stop > scale * 1.001)
        : stops.findLast((stop) => stop < scale * 0.999);
    if (next !== undefined) this.zoomTo(next, this.cursor ?? this.centre);
  }

  /** Zooms with `about` in the middle of the panes. */
  zoomTo(zoom: number, about: PicturePoint): void {
    this.zoom = Math.min(largest, Math.max(smallest, zoom));
    this.#centreOn(about);
  }

  /**
   * Zooms so that the point under the pointer stays there.
   * @param from placement before, @param at pointer in the pane, @param pane its size
   */
  zoomAt(factor: number, from: Placement, at: PicturePoint, pane: Extent): void {
    const point = { x: (at.x - from.left) / from.scale, y: (at.y - from.top) / from.scale };
    const zoom = Math.min(largest, Math.max(smallest, from.scale * factor));
    this.zoom = zoom;
    this.#centreOn({
      x: point.x + (pane.width / 2 - at.x) / zoom,
      y: point.y + (pane.height / 2 - at.y) / zoom,
    });
  }

  /** Moves what is shown by picture pixels. */
  pan(dx: number, dy: number): void {
    this.#centreOn({ x: this.centre.x + dx, y: this.centre.y + dy });
  }

  /** Marks a pixel by column and row, or the one next to the marked one; it stays in the picture. */
  mark(point: PicturePoint | null): void {
    const { width, height } = this.#picture;
    this.cursor = point && {
      x: Math.min(width - 1, Math.max(0, Math.floor(point.x))),
      y: Math.min(height - 1, Math.max(0, Math.floor(point.y))),
    };
  }

  #centreOn({ x, y }: PicturePoint): void {
    const { width, height } = this.#picture;
    this.centre = {
      x: Math.min(width, Math.max(0, x)),
      y: Math.min(height, Math.max(0, y)),
    };
  }
}
