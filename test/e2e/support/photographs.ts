import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const side = 96;

/**
 * A small folder as a person might have it: pictures and a table of ratings with awkward names of
 * columns, a decimal comma, a row without a picture and a picture without a row. Each scene comes
 * sharp and blurred; the sharp one is rated higher.
 * @param scenes number of scenes; two pictures each
 * @returns path of the folder
 */
export async function makePhotographs(root: string, scenes: number): Promise<string> {
  const folder = join(root, 'Fotos für Ümit');
  mkdirSync(join(folder, 'bilder'), { recursive: true });
  const rows = ['Datei;Urteil (MOS);Streuung;Motiv'];
  for (let scene = 0; scene < scenes; scene++) {
    const picture = sharp(drawScene(scene), { raw: { width: side, height: side, channels: 3 } });
    const clear = await picture.png().toBuffer();
    for (const [kind, sigma] of [
      ['klar', 0],
      ['weich', 1 + (scene % 3)],
    ] as const) {
      const name = `motiv-${scene}-${kind}.png`;
      const pixels = sigma === 0 ? clear : await sharp(clear).blur(sigma).png().toBuffer();
      writeFileSync(join(folder, 'bilder', name), pixels);
      const mos = 82.5 - 3 * (scene % 4) - 17.25 * sigma;
      rows.push(`${name};${mos.toFixed(2).replace('.', ',')};4,5;Motiv ${scene}`);
    }
  }
  rows.push('fehlt.png;50,0;5,0;Motiv x');
  writeFileSync(
    join(folder, 'bilder', 'ohne-urteil.png'),
    await sharp(drawScene(99), {
      raw: { width: side, height: side, channels: 3 },
    })
      .png()
      .toBuffer(),
  );
  writeFileSync(join(folder, 'urteile.csv'), `\uFEFF${rows.join('\r\n')}\r\n`);
  return folder;
}

/** Stripes, rings and blocks whose layout no two scenes share, with fine texture on top. */
function drawScene(scene: number): Buffer {
  const pixels = Buffer.alloc(side * side * 3);
  const angle = scene * 0.7;
  const centre = { x: 20 + ((scene * 37) % 56), y: 20 + ((scene * 53) % 56) };
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const stripe = Math.sin((x * Math.cos(angle) + y * Math.sin(angle)) / (3 + (scene % 5)));
      const ring = Math.cos(Math.hypot(x - centre.x, y - centre.y) / (2 + (scene % 3)));
      const block = ((x >> 4) * 7 + (y >> 4) * 13 + scene * 5) % 11 < 5 ? 50 : -50;
      const grain = ((x * 73 + y * 151 + scene * 31) % 29) - 14;
      const at = (y * side + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const value = 128 + 40 * stripe + 30 * ring * (channel - 1) + block + grain;
        pixels[at + channel] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }
  return pixels;
}
