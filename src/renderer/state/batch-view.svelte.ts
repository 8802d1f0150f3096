/** Which batch a stage shows, which picture of it, and whether a new one is being set up. */
export class BatchView {
  #key = $state<string | null>(null);
  drafting = $state(false);
  imageId = $state<number | null>(null);

  /** The chosen batch, else the newest. */
  chosen<B extends { readonly key: string }>(batches: readonly B[]): B | null {
    return batches.find((batch) => batch.key === this.#key) ?? batches[0] ?? null;
  }

  select(key: string | null): void {
    if (key !== this.#key) this.imageId = null;
    this.#key = key;
    this.drafting = false;
  }

  clear(): void {
    this.select(null);
  }
}
