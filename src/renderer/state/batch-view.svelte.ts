/** Which batch a stage shows, which picture of it, and whether a new one is being set up. */
export class BatchView {
  #key = $state<string | null>(null);
  drafting = $state(false);
  /** The group shown in place of a batch. */
  groupId = $state<number | null>(null);
  imageId = $state<number | null>(null);

  /** The chosen batch, else the newest. */
  chosen<B extends { readonly key: string }>(batches: readonly B[]): B | null {
    return batches.find((batch) => batch.key === this.#key) ?? batches[0] ?? null;
  }

  select(key: string | null): void {
    if (key !== this.#key) this.imageId = null;
    this.#key = key;
    this.groupId = null;
    this.drafting = false;
  }

  selectGroup(id: number): void {
    this.select(null);
    this.groupId = id;
  }

  clear(): void {
    this.select(null);
  }
}
