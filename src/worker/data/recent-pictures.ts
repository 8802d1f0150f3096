import type { RgbImage } from '@imaging/image';

/** Decoded pictures in memory, least recently used ones dropped first, within a byte budget. */
export class RecentPictures {
  readonly #limitBytes: number;
  /** A Map iterates in insertion order; a picture that is used is taken out and put back last. */
  readonly #pictures = new Map<string, RgbImage>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get(key: string): RgbImage | undefined {
    const picture = this.#pictures.get(key);
    if (picture) {
      this.#pictures.delete(key);
      this.#pictures.set(key, picture);
    }
    return picture;
  }

  /** Whether one more picture fits without dropping another. */
  hasRoomFor(bytes: number): boolean {
    return this.#bytes + bytes <= this.#limitBytes;
  }

  add(key: string, picture: RgbImage): void {
    this.#remove(key);
    if (picture.data.byteLength > this.#limitBytes) return;
    for (const oldest of this.#pictures.keys()) {
      if (this.hasRoomFor(picture.data.byteLength)) break;
      this.#remove(oldest);
    }
    this.#pictures.set(key, picture);
    this.#bytes += picture.data.byteLength;
  }

  #remove(key: string): void {
    const held = this.#pictures.get(key);
    if (!held) return;
    this.#bytes -= held.data.byteLength;
    this.#pictures.delete(key);
  }
}
