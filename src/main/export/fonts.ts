import { createRequire } from 'node:module';
import { openSync, type Font } from 'fontkit';

/**
 * The faces of exported figures, bundled as TrueType so that text is measured and drawn with the
 * same outlines on every machine. Tinos has the metrics of Times New Roman, Arimo those of Arial:
 * where a reader lacks them, the fallback of the same metrics keeps every label in its place.
 */
// Not named `require`: the bundler would declare that name a second time.
const packages = createRequire(import.meta.url);
const packageOf = { Tinos: '@expo-google-fonts/tinos', Arimo: '@expo-google-fonts/arimo' } as const;
type Family = keyof typeof packageOf;
const styles = ['400Regular', '400Regular_Italic', '700Bold', '700Bold_Italic'] as const;
type Style = (typeof styles)[number];

const opened = new Map<string, Font>();
const widths = new Map<string, number>();
/** Labels repeat from figure to figure; a cache this large holds a few hundred figures. */
const maxCachedWidths = 20_000;

/** A CSS font in the long form: "italic 700 80px Tinos, serif". */
export interface FontSpec {
  readonly family: Family;
  readonly style: Style;
  /** In the unit of the drawing. */
  readonly size: number;
}

/** Reads family, weight, slant and size from a CSS font list; an unknown family is drawn as Arimo. */
export function parseFont(font: string): FontSpec {
  const size = /(\d*\.?\d+)px/.exec(font);
  if (!size) throw new Error(`parseFont: no size in px in "${font}"`);
  const lead = font.slice(0, size.index);
  const families = font.slice(size.index + size[0].length);
  const bold = /\bbold\b|\b[6-9]00\b/.test(lead);
  const italic = /\b(italic|oblique)\b/.test(lead);
  return {
    family: families.trim().startsWith('Tinos') ? 'Tinos' : 'Arimo',
    style: `${bold ? '700Bold' : '400Regular'}${italic ? '_Italic' : ''}`,
    size: Number(size[1]),
  };
}

/**
 * Advance width of a line of text in the unit of the font's size, kerning and ligatures included.
 * A character the face lacks counts one em, the width of the East Asian faces that stand in for it.
 */
export function textWidth(text: string, spec: FontSpec): number {
  const key = `${spec.family} ${spec.style} ${text}`;
  let em = widths.get(key);
  if (em === undefined) {
    const font = faceOf(spec);
    const characters = Array.from(text);
    const covered = characters.filter((character) => covers(font, character));
    em = font.layout(covered.join('')).advanceWidth / font.unitsPerEm;
    em += characters.length - covered.length;
    if (widths.size >= maxCachedWidths) widths.clear();
    widths.set(key, em);
  }
  return em * spec.size;
}

/** Distance in em from the middle of the em box down to the baseline. */
export function middleToBaseline(spec: FontSpec): number {
  const font = faceOf(spec);
  return (font.ascent + font.descent) / 2 / font.unitsPerEm;
}

/** Whether every character of the text has an outline in the bundled faces. */
export function isCovered(text: string, spec: FontSpec): boolean {
  const font = faceOf(spec);
  return Array.from(text).every((character) => covers(font, character));
}

/** Files of every bundled face, for the rasteriser. */
export function fontFiles(): string[] {
  const families = Object.keys(packageOf) as Family[];
  return families.flatMap((family) => styles.map((style) => fontFile(family, style)));
}

function fontFile(family: Family, style: Style): string {
  return packages.resolve(`${packageOf[family]}/${style}/${family}_${style}.ttf`);
}

/** The bundled face that draws this text. */
export function faceOf({ family, style }: FontSpec): Font {
  const file = fontFile(family, style);
  const known = opened.get(file);
  if (known) return known;
  const font = openSync(file);
  if ('fonts' in font) throw new Error(`faceOf: ${file} holds several faces`);
  opened.set(file, font);
  return font;
}

/** Whether the face has an outline for this character. */
export function covers(font: Font, character: string): boolean {
  return font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0);
}
