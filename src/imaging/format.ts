/** Formats the lab reads. The content decides, never the file's name. */
export type PictureFormat = 'bmp' | 'jpeg' | 'png' | 'webp' | 'tiff';

/** Extensions under which pictures of these formats are looked for in a folder, lower case. */
export const pictureExtensions = [
  '.bmp',
  '.dib',
  '.jpg',
  '.jpeg',
  '.jpe',
  '.png',
  '.webp',
  '.tif',
  '.tiff',
] as const;

interface Signature {
  readonly at: number;
  readonly bytes: readonly number[];
}

const ascii = (at: number, text: string): Signature => ({
  at,
  bytes: Array.from(text, (letter) => letter.charCodeAt(0)),
});

const readable: readonly (readonly [PictureFormat, ...Signature[]])[] = [
  ['png', { at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] }],
  ['jpeg', { at: 0, bytes: [0xff, 0xd8, 0xff] }],
  ['webp', ascii(0, 'RIFF'), ascii(8, 'WEBP')],
  ['tiff', ascii(0, 'II*\0')],
  ['tiff', ascii(0, 'MM\0*')],
  ['tiff', ascii(0, 'II+\0')],
  ['tiff', ascii(0, 'MM\0+')],
  ['bmp', ascii(0, 'BM')],
];

/** Formats that are recognised only to refuse them by name. */
const refused: readonly (readonly [string, ...Signature[]])[] = [
  ['a GIF picture', ascii(0, 'GIF8')],
  ['an AVIF picture', ascii(4, 'ftypavi')],
  ['a HEIC picture', ascii(4, 'ftyp')],
  ['a JPEG 2000 picture', ascii(4, 'jP  ')],
  ['a JPEG 2000 picture', { at: 0, bytes: [0xff, 0x4f, 0xff, 0x51] }],
  ['a JPEG XL picture', ascii(4, 'JXL ')],
  ['a JPEG XL picture', { at: 0, bytes: [0xff, 0x0a] }],
  ['a Photoshop document', ascii(0, '8BPS')],
  ['a PDF document', ascii(0, '%PDF')],
  ['a ZIP archive', ascii(0, 'PK')],
  ['an SVG or HTML text', ascii(0, '<')],
];

function matches(head: Uint8Array, signatures: readonly Signature[]): boolean {
  return signatures.every(({ at, bytes }) => bytes.every((byte, i) => head[at + i] === byte));
}

/** The format that the first bytes of a file announce, or null if the lab does not read it. */
export function sniffFormat(head: Uint8Array): PictureFormat | null {
  return readable.find(([, ...signatures]) => matches(head, signatures))?.[0] ?? null;
}

/** Words for a file the lab does not read: "a GIF picture", or "no picture that is known". */
export function describeForeign(head: Uint8Array): string {
  return (
    refused.find(([, ...signatures]) => matches(head, signatures))?.[0] ??
    'no picture format that is known'
  );
}

const byExtension: Readonly<Record<string, PictureFormat>> = {
  '.bmp': 'bmp',
  '.dib': 'bmp',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.jpe': 'jpeg',
  '.png': 'png',
  '.webp': 'webp',
  '.tif': 'tiff',
  '.tiff': 'tiff',
};

/** The format that a file name promises, or null if its extension promises none of them. */
export function promisedFormat(extension: string): PictureFormat | null {
  return byExtension[extension.toLowerCase()] ?? null;
}
