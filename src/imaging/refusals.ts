import { LabError } from '@shared/errors';
import { FILE_LIMIT_BYTES, PIXEL_LIMIT } from './image';

/** The sentences with which a picture is turned away; each says what happened, what is safe and what to do next. */
const UNTOUCHED = 'The file was not changed, and no memory was set aside for it.';

export const refusal = {
  missing: (path: string) =>
    new LabError({
      kind: 'missing-file',
      message: `There is no file "${path}".`,
      safe: 'Nothing was changed.',
      next: 'Put the picture back where the data set expects it, or import the data set again from its new folder.',
    }),
  unreadable: (path: string, reason: string, cause: unknown) =>
    new LabError(
      {
        kind: 'unreadable-file',
        message: `The file "${path}" could not be opened: ${reason}.`,
        safe: 'Nothing was changed.',
        next: 'Check that it is a file and that you may read it.',
      },
      { cause },
    ),
  empty: (path: string) =>
    new LabError({
      kind: 'unreadable-file',
      message: `The file "${path}" is empty (0 bytes).`,
      safe: UNTOUCHED,
      next: 'Copy the picture again from its source; an interrupted copy often leaves an empty file.',
    }),
  tooManyBytes: (path: string, bytes: number) =>
    new LabError({
      kind: 'unsupported',
      message: `The file "${path}" has ${bytes} bytes; pictures up to ${FILE_LIMIT_BYTES} bytes are read.`,
      safe: UNTOUCHED,
      next: 'Save the picture in a compressed format or at a smaller size.',
    }),
  tooManyPixels: (path: string, width: number, height: number) =>
    new LabError({
      kind: 'unsupported',
      message: `The header of "${path}" announces ${width} x ${height} pixels; up to ${PIXEL_LIMIT / 1e6} megapixels are read.`,
      safe: UNTOUCHED,
      next: 'If the picture really is that large, save a smaller copy; if not, the file is damaged or hostile: leave it out.',
    }),
  noPicture: (path: string, content: string, promised: string | null) =>
    new LabError({
      kind: 'unsupported',
      message: promised
        ? `The file "${path}" is named like a ${promised.toUpperCase()} picture but holds ${content}.`
        : `The file "${path}" holds ${content}.`,
      safe: UNTOUCHED,
      next: 'Export it as PNG, JPEG, BMP, WebP or TIFF from the program that made it; renaming it is not enough.',
    }),
  unsupported: (path: string, what: string) =>
    new LabError({
      kind: 'unsupported',
      message: `The picture "${path}" ${what}, which is not supported.`,
      safe: UNTOUCHED,
      next: 'Save it as PNG with 8 or 16 bits per channel.',
    }),
  truncated: (path: string) =>
    new LabError({
      kind: 'unreadable-file',
      message: `The picture "${path}" is cut off: its file ends before the last row of pixels.`,
      safe: 'The file was not changed; no half picture was used.',
      next: 'Copy it again from its source, or leave it out.',
    }),
  damaged: (path: string, reason: string, cause?: unknown) =>
    new LabError(
      {
        kind: 'unreadable-file',
        message: `The picture "${path}" is damaged: ${reason}.`,
        safe: 'The file was not changed; no half picture was used.',
        next: 'Copy it again from its source, or leave it out.',
      },
      { cause },
    ),
};
