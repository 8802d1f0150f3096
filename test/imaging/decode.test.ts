import { mkdir, writeFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, readHeader } from '@imaging/decode';
import { encodeJpeg, encodePng, thumbnail } from '@imaging/encode';
import { LabError } from '@shared/errors';
import { bmp24Rows, bmpFile, gradient, pngHeaderOnly } from '../helpers/pictures';
import { useTempDir } from '../helpers/temp-dir';

const temp = useTempDir();
const width = 24;
const height = 16;
const rgb = gradient(width, height);
const picture = (): Sharp => sharp(rgb, { raw: { width, height, channels: 3 } });

async function store(name: string, bytes: Uint8Array | Sharp): Promise<string> {
  const path = temp(name);
  await writeFile(path, bytes instanceof Uint8Array ? bytes : await bytes.toBuffer());
  return path;
}

async function refusalOf(path: string): Promise<LabError> {
  const error: unknown = await decodeImage(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(LabError);
  if (!(error instanceof LabError)) throw new Error('not refused');
  expect(error.message).toContain(path);
  expect(error.safe, 'what is safe').toBeTruthy();
  expect(error.next, 'what to do next').toBeTruthy();
  return error;
}

describe('decodeImage', () => {
  it('reads every lossless format to the same pixels', async () => {
    const files = [
      await store('a.png', picture().png()),
      await store('a.webp', picture().webp({ lossless: true })),
      await store('a.tif', picture().tiff({ compression: 'lzw' })),
      await store(
        'a.bmp',
        bmpFile({ width, height, bits: 24, rows: bmp24Rows(rgb, width, height) }),
      ),
    ];
    for (const path of files) {
      const image = await decodeImage(path);
      expect(image, path).toMatchObject({ width, height, notes: [] });
      expect(Buffer.compare(image.data, rgb), path).toBe(0);
    }
  });

  it('reads a JPEG to nearly the same pixels', async () => {
    const flat = new Uint8Array(rgb.length).fill(120);
    const path = await store('a.jpg', await encodeJpeg({ width, height, data: flat }, 95));
    const { data } = await decodeImage(path);
    // One quantisation step at quality 95 and the colour transform: at most two levels on a flat picture.
    expect(Math.max(...data.map((value) => Math.abs(value - 120)))).toBeLessThanOrEqual(2);
  });

  it('keeps the high byte of 16-bit samples and says so', async () => {
    const samples = Uint16Array.from([
      0, 255, 256, 511, 32767, 32768, 65279, 65280, 65535, 1, 2, 3,
    ]);
    const high = Array.from(samples, (value) => value >> 8);
    const deep = () => sharp(samples, { raw: { width: 2, height: 2, channels: 3 } });
    for (const path of [
      await store('deep.png', deep().toColourspace('rgb16').png()),
      await store('deep.tiff', deep().toColourspace('rgb16').tiff({ compression: 'lzw' })),
    ]) {
      const image = await decodeImage(path);
      expect([...image.data], path).toEqual(high);
      expect(image.notes.join()).toMatch(/16-bit samples were reduced to 8 bits/);
    }
  });

  it('repeats grey samples over three channels, 8 and 16 bits', async () => {
    const grey = sharp(Uint8Array.of(0, 77, 255), { raw: { width: 3, height: 1, channels: 1 } });
    const path = await store('grey.png', grey.toColourspace('b-w').png());
    expect([...(await decodeImage(path)).data]).toEqual([0, 0, 0, 77, 77, 77, 255, 255, 255]);
    const deep = sharp(Uint16Array.of(0, 77 * 256 + 200), {
      raw: { width: 2, height: 1, channels: 1 },
    });
    const deepPath = await store('grey16.png', deep.toColourspace('grey16').png());
    expect([...(await decodeImage(deepPath)).data]).toEqual([0, 0, 0, 77, 77, 77]);
  });

  it('lays transparent parts on white, and does not mention alpha that is opaque', async () => {
    const samples = Uint8Array.of(10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 200, 51);
    const some = sharp(samples, { raw: { width: 3, height: 1, channels: 4 } });
    const image = await decodeImage(await store('alpha.png', some.png()));
    // 51/255 is one fifth: 0.2 * value + 0.8 * 255.
    expect([...image.data]).toEqual([10, 20, 30, 255, 255, 255, 204, 224, 244]);
    expect(image.notes).toEqual(['transparent parts were laid on white']);
    const opaque = sharp(Uint8Array.of(1, 2, 3, 255), {
      raw: { width: 1, height: 1, channels: 4 },
    });
    const quiet = await decodeImage(await store('opaque.png', opaque.png()));
    expect([...quiet.data]).toEqual([1, 2, 3]);
    expect(quiet.notes).toEqual([]);
  });

  it('looks palette colours up', async () => {
    const two = Uint8Array.from([...[200, 10, 10], ...[10, 200, 10], ...[200, 10, 10]]);
    const indexed = sharp(two, { raw: { width: 3, height: 1, channels: 3 } });
    const path = await store('palette.png', indexed.png({ palette: true }));
    expect([...(await decodeImage(path)).data]).toEqual([...two]);
  });

  it('turns a rotated photograph upright, in the header too', async () => {
    const path = await store('turned.jpg', picture().jpeg().withMetadata({ orientation: 6 }));
    const image = await decodeImage(path);
    expect(image).toMatchObject({ width: height, height: width });
    expect(image.notes.join()).toMatch(/EXIF orientation 6/);
    expect(await readHeader(path)).toEqual({ format: 'jpeg', width: height, height: width });
  });

  it('converts CMYK inks: no ink is white, much ink is dark', async () => {
    const white = sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } });
    const path = await store('ink.jpg', white.toColourspace('cmyk').jpeg({ quality: 100 }));
    expect((await sharp(path).metadata()).space).toBe('cmyk');
    const image = await decodeImage(path);
    // The fallback ink profile maps paper to white within its own rounding.
    expect(Math.min(...image.data)).toBeGreaterThanOrEqual(250);
    expect(image.notes).toEqual(['CMYK inks were converted to sRGB']);
    const black = sharp({ create: { width: 8, height: 8, channels: 3, background: '#000' } });
    const dark = await decodeImage(await store('ink2.jpg', black.toColourspace('cmyk').jpeg()));
    expect(Math.max(...dark.data)).toBeLessThanOrEqual(60);
  });

  it('takes the stored numbers of a picture with a wide-gamut profile, and says so', async () => {
    const red = sharp({ create: { width: 4, height: 4, channels: 3, background: '#f00' } });
    const path = await store('p3.png', red.withIccProfile('p3').png());
    const image = await decodeImage(path);
    // sRGB red in Display P3 is about (234, 51, 35); a decoder that applied the profile would give 255, 0, 0.
    expect([...image.data.subarray(0, 3)]).not.toEqual([255, 0, 0]);
    expect(image.data[0]).toBeGreaterThan(225);
    expect(image.notes).toEqual(['its colour profile was not applied']);
    const plain = await store('srgb.png', picture().withIccProfile('srgb').png());
    expect((await decodeImage(plain)).notes).toEqual([]);
  });

  it('goes by content where the extension is wrong, and says so', async () => {
    const image = await decodeImage(await store('really-png.jpg', picture().png()));
    expect(Buffer.compare(image.data, rgb)).toBe(0);
    expect(image.notes).toEqual([
      'named like a jpeg file but holds a png picture; the content was used',
    ]);
  });

  it('reads names with umlauts and Chinese characters', async () => {
    const path = await store('Äpfel 苹果.png', picture().png());
    expect((await decodeImage(path)).width).toBe(width);
  });
});

describe('decodeImage refuses', () => {
  it('a file that is not there', async () => {
    const error = await refusalOf(temp('nowhere.png'));
    expect(error).toMatchObject({ kind: 'missing-file' });
  });

  it('an empty file', async () => {
    const error = await refusalOf(await store('empty.jpg', Buffer.alloc(0)));
    expect(error).toMatchObject({ kind: 'unreadable-file' });
    expect(error.message).toMatch(/is empty \(0 bytes\)/);
  });

  it('a folder', async () => {
    await mkdir(temp('folder.png'));
    expect((await refusalOf(temp('folder.png'))).message).toMatch(/not a file|EISDIR/);
  });

  it('a text with the name of a picture', async () => {
    const error = await refusalOf(await store('text.jpg', Buffer.from('this is no picture')));
    expect(error.kind).toBe('unsupported');
    expect(error.message).toMatch(/named like a JPEG picture but holds no picture format/);
  });

  it('other picture formats, by their names', async () => {
    const gif = await refusalOf(await store('b.gif', Buffer.from('GIF89a............')));
    expect(gif.message).toMatch(/holds a GIF picture/);
    const svg = await refusalOf(await store('b.png', Buffer.from('<svg xmlns="x"></svg>')));
    expect(svg.message).toMatch(/named like a PNG picture but holds an SVG or HTML text/);
    const heic = await refusalOf(await store('b.heic', Buffer.from('\0\0\0\x18ftypheic....')));
    expect(heic.message).toMatch(/holds a HEIC picture/);
  });

  it('a 100,000 x 100,000 PNG header before setting memory aside', async () => {
    const path = await store('huge.png', pngHeaderOnly(100_000, 100_000));
    const before = process.memoryUsage().rss;
    const error = await refusalOf(path);
    expect(error.kind).toBe('unsupported');
    expect(error.message).toMatch(/announces 100000 x 100000 pixels; up to 100 megapixels/);
    // The picture would take 30 GB; a tenth of a gigabyte is noise from the rest of the process.
    expect(process.memoryUsage().rss - before).toBeLessThan(1e8);
    await expect(readHeader(path)).rejects.toThrow(/100000 x 100000/);
  });

  it('a picture that is cut off, in every format', async () => {
    const noisy = new Uint8Array(96 * 96 * 3).map((_, i) => (i * i * 31) >> 3);
    const image = { width: 96, height: 96, data: noisy };
    const raw = () => sharp(noisy, { raw: { width: 96, height: 96, channels: 3 } });
    const whole: Record<string, Buffer> = {
      'cut.jpg': await encodeJpeg(image, 90),
      'cut.png': await encodePng(image),
      'cut.webp': await raw().webp({ lossless: true }).toBuffer(),
      'cut.tif': await raw().tiff({ compression: 'none' }).toBuffer(),
      'cut.bmp': bmpFile({ width: 96, height: 96, bits: 24, rows: bmp24Rows(noisy, 96, 96) }),
    };
    for (const [name, bytes] of Object.entries(whole)) {
      const error = await refusalOf(
        await store(name, bytes.subarray(0, Math.floor(bytes.length * 0.6))),
      );
      expect(error.kind, name).toBe('unreadable-file');
      expect(error.message, name).toMatch(/is cut off|is damaged/);
    }
  });

  it('a JPEG with a scrambled head', async () => {
    const bytes = Buffer.from(await encodeJpeg({ width, height, data: rgb }, 90));
    bytes.fill(0x55, 4, 200);
    expect((await refusalOf(await store('bad.jpg', bytes))).kind).toBe('unreadable-file');
  });
});

describe('thumbnail', () => {
  it('fits the longer side and never enlarges', async () => {
    const path = await store('wide.png', picture().png());
    const small = await sharp(await thumbnail(path, 12)).metadata();
    expect(small).toMatchObject({ format: 'webp', width: 12, height: 8 });
    const same = await sharp(await thumbnail(path, 200)).metadata();
    expect(same).toMatchObject({ width, height });
  });
});
