/** A picture as one run sees it: what a point of a figure stands for. */
export interface SelectedPoint {
  readonly runId: number;
  readonly imageId: number;
}

/**
 * The pictures a person has picked out, by clicking, brushing or naming a range. Every open figure,
 * table and strip shows the same ones; one of them is looked at.
 */
export class PictureSelection {
  #images = $state.raw<ReadonlySet<number>>(new Set());
  #point = $state.raw<SelectedPoint | null>(null);

  /** Ids of the selected pictures, in the order they were picked. */
  get images(): ReadonlySet<number> {
    return this.#images;
  }

  /** The picture that is looked at, and whose run it was picked in; null while none is. */
  get point(): SelectedPoint | null {
    return this.#point;
  }

  /** Looks at a picture: alone, or beside those that are selected; adding one that is there takes it out. */
  choose({ runId, imageId }: SelectedPoint, adding = false): void {
    const removing = adding && this.#images.has(imageId);
    const others = [...this.#images].filter((id) => id !== imageId);
    this.#images = new Set(adding ? (removing ? others : [...others, imageId]) : [imageId]);
    if (!removing) this.#point = { runId, imageId };
    else if (this.#point?.imageId === imageId) this.#point = null;
  }

  /** Looks at one of the selected pictures without changing which are selected. */
  look({ runId, imageId }: SelectedPoint): void {
    if (!this.#images.has(imageId)) this.#images = new Set([...this.#images, imageId]);
    this.#point = { runId, imageId };
  }

  /** Selects the pictures of several points; an empty brush selects nothing. */
  brush(points: readonly SelectedPoint[], adding = false): void {
    const before = adding ? this.#images : [];
    this.#images = new Set([...before, ...points.map(({ imageId }) => imageId)]);
    if (this.#point && this.#images.has(this.#point.imageId)) return;
    const [first] = points;
    this.#point = first ? { runId: first.runId, imageId: first.imageId } : null;
  }

  clear(): void {
    this.#images = new Set();
    this.#point = null;
  }
}
