import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { extname, join } from 'node:path';
import { openSync, type Font } from 'fontkit';
import { covers } from './fonts';

/** Where systems keep their faces. */
const folders: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  win32: [join(process.env.WINDIR ?? 'C:\\Windows', 'Fonts')],
  darwin: ['/System/Library/Fonts', '/Library/Fonts', join(homedir(), 'Library/Fonts')],
  linux: ['/usr/share/fonts', '/usr/local/share/fonts', join(homedir(), '.local/share/fonts')],
};
const extensions = ['.ttf', '.otf', '.ttc', '.otc'];

let files: readonly string[] | undefined;
const found = new Map<string, Font | null>();

/**
 * A face of this system with an outline for a character that the bundled ones lack, such as a
 * Chinese one in a data set's name; the first by file name, null where there is none. Only faces
 * that may be embedded and hold outlines count.
 */
export function systemFaceFor(character: string): Font | null {
  const known = found.get(character);
  if (known !== undefined) return known;
  // What served one character of a name mostly serves the next.
  const usual = [...new Set(found.values())].find((font) => font && covers(font, character));
  const face = usual ?? search(character);
  found.set(character, face);
  return face;
}

function search(character: string): Font | null {
  files ??= (folders[process.platform] ?? folders.linux ?? []).flatMap(fontFilesIn).sort();
  for (const file of files) {
    const face = facesOf(file).find((font) => covers(font, character) && mayEmbed(font));
    if (face) return face;
  }
  return null;
}

function fontFilesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => extensions.includes(extname(name).toLowerCase()))
      .map((name) => join(folder, name));
  } catch (error) {
    // A folder that is not there, or not ours to read, has no faces for us.
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  }
}

/** Faces of a file; none where it is no font that can be read: other people's files are broken at times. */
function facesOf(file: string): readonly Font[] {
  try {
    const font = openSync(file);
    return 'fonts' in font ? font.fonts : [font];
  } catch {
    return [];
  }
}

function mayEmbed(font: Font): boolean {
  const { tables } = font.directory;
  const outlines = tables.glyf !== undefined || tables['CFF '] !== undefined;
  return outlines && font['OS/2']?.fsType.noEmbedding !== true;
}
