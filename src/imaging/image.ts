import type { PictureFormat } from './format';

/** A picture in memory: `data` is [height, width, 3] uint8, RGB, row by row, width * height * 3 bytes. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A picture as decoded from a file. */
export interface DecodedImage extends RgbImage {
  readonly format: PictureFormat;
  /** Whatever was done to the stored samples that a reader of the results may want to know; usually empty. */
  readonly notes: readonly string[];
}

/** What the head of a file says about its picture; width and height are those of the decoded picture. */
export interface PictureHeader {
  readonly format: PictureFormat;
  readonly width: number;
  readonly height: number;
}

/** Largest picture that is decoded, in pixels: 100 megapixels are 300 MB in memory. */
export const PIXEL_LIMIT = 100_000_000;

/** Largest file that is read, in bytes: a picture within the pixel limit at 16 bits and four channels stays below it. */
export const FILE_LIMIT_BYTES = 1_000_000_000;
