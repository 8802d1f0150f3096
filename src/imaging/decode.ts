import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Metadata } from 'sharp';
import { BMP_HEAD_BYTES, decodeBmp, readBmpHeader } from './bmp';
import { describeForeign, promisedFormat, sniffFormat, type PictureFormat } from './format';
import {
  FILE_LIMIT_BYTES,
  PIXEL_LIMIT,
  type DecodedImage,
  type PictureHeader,
  type RgbImage,
} from './image';
import { refusal } from './refusals';
import { sharp } from './vips';

/**
 * Reads a picture file: BMP, JPEG, PNG, WebP or TIFF, recognised by content. docs/decisions/0002-pictures.md says what
 * happens to rotation, colour profiles, 16 bits, CMYK and transparency; `notes` says when it happened.
 *
 * @returns [height, width, 3] uint8 RGB
 * @throws LabError `missing-file`, `unreadable-file` (empty, cut off, damaged) or `unsupported` (no such format, too large)
 */
export async function decodeImage(path: string): Promise<DecodedImage> {
  return decodeImageBytes(await readPictureFile(path), path);
}

/** Reads a whole picture file after checking its size; for callers that also need the bytes, such as for a hash. */
export async function readPictureFile(path: string): Promise<Buffer> {
  return withFile(path, async (file) => {
    const { size } = await file.stat();
    if (size === 0) throw refusal.empty(path);
    if (size > FILE_LIMIT_BYTES) throw refusal.tooManyBytes(path, size);
    return file.readFile();
  });
}

/**
 * As `decodeImage`, for a file already in memory.
 *
 * @param bytes the whole file
 * @param path used in messages, and for its extension
 */
export async function decodeImageBytes(bytes: Uint8Array, path: string): Promise<DecodedImage> {
  const format = formatOf(bytes, path);
  const notes: string[] = [];
  const promised = promisedFormat(extname(path));
  if (promised !== null && promised !== format) {
    notes.push(`named like a ${promised} file but holds a ${format} picture; the content was used`);
  }
  const image =
    format === 'bmp' ? decodeBmp(bytes, path) : await decodeWithSharp(bytes, path, notes);
  return { format, ...image, notes };
}

/** Width, height and format from the head of a file, without decoding it; throws as `decodeImage`. */
export async function readHeader(path: string): Promise<PictureHeader> {
  const head = await withFile(path, async (file) => {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(BMP_HEAD_BYTES), 0, BMP_HEAD_BYTES);
    return buffer.subarray(0, bytesRead);
  });
  if (head.length === 0) throw refusal.empty(path);
  const format = formatOf(head, path);
  if (format === 'bmp') {
    const { width, height } = readBmpHeader(head, path);
    return { format, width, height };
  }
  const { autoOrient } = await readMetadata(path, path);
  return { format, ...autoOrient };
}

async function withFile<T>(
  path: string,
  use: (file: Awaited<ReturnType<typeof open>>) => Promise<T>,
): Promise<T> {
  let file;
  try {
    file = await open(path, 'r');
    if (!(await file.stat()).isFile()) throw refusal.unreadable(path, 'it is not a file', null);
    return await use(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw refusal.missing(path);
    if (typeof code === 'string') throw refusal.unreadable(path, code, error);
    throw error;
  } finally {
    await file?.close();
  }
}

function formatOf(head: Uint8Array, path: string): PictureFormat {
  if (head.length === 0) throw refusal.empty(path);
  const format = sniffFormat(head);
  if (format) return format;
  throw refusal.noPicture(path, describeForeign(head), promisedFormat(extname(path)));
}

/** Header of a file that sharp reads; refuses too many pixels and sample types whose meaning is unclear. */
async function readMetadata(input: Uint8Array | string, path: string): Promise<Metadata> {
  let metadata: Metadata;
  try {
    metadata = await sharp(input, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw fromVips(error, path);
  }
  const { width, height, depth, space } = metadata;
  if (width * height > PIXEL_LIMIT) throw refusal.tooManyPixels(path, width, height);
  if (depth !== 'uchar' && depth !== 'ushort') {
    throw refusal.unsupported(path, `stores its samples as ${depth}`);
  }
  if (!['srgb', 'rgb', 'rgb16', 'b-w', 'grey16', 'cmyk'].includes(space)) {
    throw refusal.unsupported(path, `stores its colours as ${space}`);
  }
  return metadata;
}

async function decodeWithSharp(
  bytes: Uint8Array,
  path: string,
  notes: string[],
): Promise<RgbImage> {
  const { space, depth, orientation = 1, pages = 1, icc } = await readMetadata(bytes, path);
  const cmyk = space === 'cmyk';
  if (cmyk) notes.push('CMYK inks were converted to sRGB');
  if (depth === 'ushort') notes.push('16-bit samples were reduced to 8 bits (the high byte)');
  if (orientation > 1) notes.push(`turned upright, as its EXIF orientation ${orientation} says`);
  if (pages > 1) notes.push(`the first of ${pages} pictures in the file was used`);
  if (!cmyk && icc && !isSrgbProfile(icc)) notes.push('its colour profile was not applied');
  let decoded;
  try {
    decoded = await sharp(bytes, {
      failOn: 'error',
      limitInputPixels: PIXEL_LIMIT,
      // Samples are taken as stored, as the released code of the models does; inks cannot be.
      ignoreIcc: !cmyk,
      autoOrient: true,
    })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
  } catch (error) {
    throw fromVips(error, path);
  }
  const { data, info } = decoded;
  return { width: info.width, height: info.height, data: toRgb(data, info.channels, notes) };
}

/** Profiles name themselves in ASCII (ICC version 2) or UTF-16 (version 4). */
function isSrgbProfile(icc: Buffer): boolean {
  return icc.toString('latin1').replaceAll('\0', '').includes('sRGB');
}

/** Grey is repeated; transparency is laid on white, the colour of the pages on which raters saw pictures. */
function toRgb(samples: Uint8Array, channels: number, notes: string[]): Uint8Array {
  if (channels === 3) return samples;
  const grey = channels < 3;
  const alphaAt = channels % 2 === 0 ? channels - 1 : -1;
  const count = samples.length / channels;
  const data = new Uint8Array(count * 3);
  let transparent = false;
  for (let i = 0; i < count; i++) {
    const from = i * channels;
    const alpha = alphaAt < 0 ? 255 : (samples[from + alphaAt] ?? 255);
    if (alpha !== 255) transparent = true;
    for (let c = 0; c < 3; c++) {
      const value = samples[grey ? from : from + c] ?? 0;
      data[i * 3 + c] = Math.round((value * alpha + 255 * (255 - alpha)) / 255);
    }
  }
  if (transparent) notes.push('transparent parts were laid on white');
  return data;
}

/** libvips says the same thing several times over, and differently per format; one sentence is enough. */
function fromVips(error: unknown, path: string): Error {
  const text = error instanceof Error ? error.message : String(error);
  if (/premature end|truncat|unexpected end|end of (file|stream)|not enough data/i.test(text)) {
    return refusal.truncated(path);
  }
  const first = text.split('\n')[0] ?? text;
  const reason = first.replace(/^Input (buffer|file)( has)?( corrupt header)?:? ?/i, '').trim();
  return refusal.damaged(path, reason === '' ? 'its content cannot be decoded' : reason, error);
}
