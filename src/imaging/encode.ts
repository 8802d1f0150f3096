import { decodeImage } from './decode';
import type { RgbImage } from './image';
import { sharp } from './vips';

function fromRgb(image: RgbImage): ReturnType<typeof sharp> {
  const { width, height, data } = image;
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** A picture as PNG, lossless. */
export function encodePng(image: RgbImage): Promise<Buffer> {
  return fromRgb(image).png({ compressionLevel: 6 }).toBuffer();
}

/** A picture as baseline JPEG with 4:2:0 chroma; `quality` is libjpeg's, 1 to 100. */
export function encodeJpeg(image: RgbImage, quality: number): Promise<Buffer> {
  return fromRgb(image).jpeg({ quality, chromaSubsampling: '4:2:0' }).toBuffer();
}

/**
 * A small WebP copy of a picture file for galleries; a smaller picture is not enlarged.
 *
 * @param size length of the longer side in pixels
 * @throws LabError as `decodeImage`
 */
export async function thumbnail(path: string, size: number): Promise<Buffer> {
  return fromRgb(await decodeImage(path))
    .resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 82 })
    .toBuffer();
}
