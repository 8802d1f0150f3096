/** Bytes kept for pages to fetch: a pair's answers at 8 million pixels, or hundreds at 500 x 500. */
const limitBytes = 256 * 2 ** 20;

/**
 * Pixels of the latest answers, held in memory until pages have fetched them; the oldest give way.
 * The newest is kept whatever its size.
 */
export class PixelShelf {
  readonly #items = new Map<string, Uint8Array>();
  readonly #limitBytes: number;
  #bytes = 0;

  constructor(limit = limitBytes) {
    this.#limitBytes = limit;
  }

  put(id: string, pixels: Uint8Array | Float32Array): void {
    this.#remove(id);
    const { buffer, byteOffset, byteLength } = pixels;
    this.#items.set(id, new Uint8Array(buffer, byteOffset, byteLength));
    this.#bytes += byteLength;
    for (const oldest of this.#items.keys()) {
      if (this.#bytes <= this.#limitBytes || oldest === id) break;
      this.#remove(oldest);
    }
  }

  get(id: string): Uint8Array | null {
    return this.#items.get(id) ?? null;
  }

  clear(): void {
    this.#items.clear();
    this.#bytes = 0;
  }

  #remove(id: string): void {
    const held = this.#items.get(id);
    if (!held) return;
    this.#bytes -= held.byteLength;
    this.#items.delete(id);
  }
}
