import type { PdfFile, Ref } from './file';

/**
 * Puts the picture of a data address into the file, its pixels untouched: the compressed data of a
 * plain PNG or JPEG as it is, anything else decoded and packed without loss.
 */
export async function addPicture(file: PdfFile, address: string): Promise<Ref> {
  const [, type, base64] = /^data:(image\/(?:png|jpeg));base64,(.*)$/.exec(address) ?? [];
  if (type === undefined || base64 === undefined)
    throw new Error(`addPicture: "${address.slice(0, 40)}" is no PNG or JPEG`);
  const bytes = Buffer.from(base64, 'base64');
  return (
    (type === 'image/png' ? plainPng(file, bytes) : plainJpeg(file, bytes)) ??
    (await decoded(file, bytes, type))
  );
}

/** 8 bits per channel, RGB or grey, not interlaced: what lies in the PNG is what PDF reads. */
function plainPng(file: PdfFile, bytes: Buffer): Ref | null {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const [depth, colour, interlace] = [bytes[24], bytes[25], bytes[28]];
  const channels = colour === 2 ? 3 : colour === 0 ? 1 : null;
  if (depth !== 8 || channels === null || interlace !== 0) return null;
  const data: Buffer[] = [];
  for (let at = 8; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const name = bytes.toString('latin1', at + 4, at + 8);
    // A transparent colour would be lost.
    if (name === 'tRNS') return null;
    if (name === 'IDAT') data.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const rows = `/Predictor 15 /Colors ${channels} /BitsPerComponent 8 /Columns ${width}`;
  return file.addRaw(
    Buffer.concat(data),
    `${entries(width, height, channels)} /Filter /FlateDecode /DecodeParms << ${rows} >>`,
  );
}

/** Grey or RGB without a note about the camera, which might say that it lies on its side. */
function plainJpeg(file: PdfFile, bytes: Buffer): Ref | null {
  for (let at = 2; at + 10 < bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] ?? 0;
    const name = bytes.toString('latin1', at + 4, at + 8);
    if (marker === 0xe1 && name === 'Exif') return null;
    if (marker >= 0xc0 && marker <= 0xc2) {
      const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)];
      const channels = bytes[at + 9];
      if (channels !== 1 && channels !== 3) return null;
      return file.addRaw(bytes, `${entries(width, height, channels)} /Filter /DCTDecode`);
    }
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

async function decoded(file: PdfFile, bytes: Buffer, type: string): Promise<Ref> {
  const { decodeImageBytes } = await import('@imaging/decode');
  const { width, height, data } = await decodeImageBytes(bytes, `picture.${type.slice(6)}`);
  return file.addStream(data, entries(width, height, 3));
}

function entries(width: number, height: number, channels: 1 | 3): string {
  const space = channels === 3 ? '/DeviceRGB' : '/DeviceGray';
  return `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace ${space} /BitsPerComponent 8`;
}
