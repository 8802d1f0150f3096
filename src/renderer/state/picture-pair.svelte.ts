import { differencePixels } from '../components/difference';

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** An original and its attacked copy, decoded once; the difference follows the gain. */
export class PicturePair {
  #original = $state.raw<Pixels | null>(null);
  #attacked = $state.raw<Pixels | null>(null);
  #failed = $state(false);

  /** False while loading, and for pictures of different size, which cannot be subtracted. */
  readonly comparable = $derived(
    this.#original !== null &&
      this.#attacked !== null &&
      this.#original.width === this.#attacked.width &&
      this.#original.height === this.#attacked.height,
  );

  constructor(originalUrl: string, attackedUrl: string) {
    void this.#load(originalUrl, attackedUrl);
  }

  get original(): Pixels | null {
    return this.#original;
  }

  get attacked(): Pixels | null {
    return this.#attacked;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** Draws the enlarged difference; leaves the canvas empty where there is none. */
  drawDifference(canvas: HTMLCanvasElement, gain: number): void {
    if (!this.comparable || !this.#original || !this.#attacked) return;
    const { width, height } = this.#original;
    canvas.width = width;
    canvas.height = height;
    const pixels = differencePixels(this.#original.data, this.#attacked.data, gain);
    canvas.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
  }

  async #load(originalUrl: string, attackedUrl: string): Promise<void> {
    try {
      [this.#original, this.#attacked] = await Promise.all([
        decode(originalUrl),
        decode(attackedUrl),
      ]);
    } catch {
      this.#failed = true;
    }
  }
}

async function decode(url: string): Promise<Pixels> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('decode: this browser offers no 2d canvas');
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
