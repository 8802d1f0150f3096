import { createHash } from 'node:crypto';
import type { Font, Glyph, Subset } from 'fontkit';
import { operand, refTo, utf16Hex, type PdfFile, type Ref } from './file';

/**
 * One face in a PDF file: a subset of its outlines as they are (TrueType, or CFF for a system's face
 * that has no others), addressed glyph by glyph, with a table that gives every glyph its text back.
 * Nothing is turned into Type 3, and text can be selected and searched.
 */
export class EmbeddedFace {
  readonly #font: Font;
  readonly #subset: Subset;
  readonly #isCff: boolean;
  /** Codes in the order of their first use, by glyph and text. */
  readonly #codes = new Map<string, number>();
  readonly #entries: { code: number; gid: number; text: string; width: number }[] = [];
  readonly ref: Ref;
  readonly name: string;

  constructor(font: Font, name: string, ref: Ref) {
    this.#font = font;
    this.#subset = font.createSubset();
    this.#isCff = font.directory.tables['CFF '] !== undefined;
    this.name = name;
    this.ref = ref;
  }

  /** Operators that show a line of text; kerning and ligatures are those it was measured with. */
  show(text: string): string {
    const { glyphs, positions } = this.#font.layout(text);
    const parts = glyphs.map((glyph, i) => {
      const code = this.#codeOf(glyph, String.fromCodePoint(...glyph.codePoints));
      const advance = positions[i]?.xAdvance ?? glyph.advanceWidth;
      const back = this.#thousandths(glyph.advanceWidth - advance);
      return `<${hex(code)}>${back === 0 ? '' : operand(back)}`;
    });
    return `[${parts.join('')}] TJ`;
  }

  /** The same for text without outlines: its frame of a missing glyph, one em wide, with the right text behind it. */
  showMissing(text: string): string {
    const frame = this.#font.getGlyph(0);
    const parts = Array.from(text, (each) => `<${hex(this.#codeOf(frame, each, 1000))}>`);
    return `[${parts.join('')}] TJ`;
  }

  #thousandths(units: number): number {
    return Math.round((units * 1e6) / this.#font.unitsPerEm) / 1000;
  }

  /** A glyph that stands for two texts has two codes, except in CFF, whose codes are its glyphs. */
  #codeOf(
    glyph: Glyph,
    text: string,
    width: number = this.#thousandths(glyph.advanceWidth),
  ): number {
    const key = this.#isCff ? String(glyph.id) : `${glyph.id} ${text}`;
    const known = this.#codes.get(key);
    if (known !== undefined) return known;
    const gid = this.#subset.includeGlyph(glyph.id);
    const code = this.#isCff ? gid : this.#codes.size + 1;
    this.#codes.set(key, code);
    this.#entries.push({ code, gid, text, width });
    return code;
  }

  /** Writes the face with the glyphs used until now. */
  write(file: PdfFile): void {
    const font = this.#font;
    const outlines = Buffer.from(this.#subset.encode());
    const program = this.#isCff
      ? file.addStream(outlines, '/Subtype /CIDFontType0C')
      : file.addStream(outlines, `/Length1 ${outlines.length}`);
    const name = `${tag(outlines)}+${font.postscriptName.replaceAll(/[^\w-]/g, '')}`;
    const per = (units: number): string => operand(this.#thousandths(units));
    const { minX, minY, maxX, maxY } = font.bbox;
    const descriptor = file.add(
      `<< /Type /FontDescriptor /FontName /${name} /Flags 4 /FontBBox [${[minX, minY, maxX, maxY].map(per).join(' ')}] ` +
        `/ItalicAngle ${operand(font.italicAngle)} /Ascent ${per(font.ascent)} /Descent ${per(font.descent)} ` +
        `/CapHeight ${per(font.capHeight || font.ascent)} /StemV 80 ` +
        `/FontFile${this.#isCff ? 3 : 2} ${refTo(program)} >>`,
    );
    const widths = this.#entries.map(({ code, width }) => `${code} [${operand(width)}]`).join(' ');
    const map = this.#isCff ? '' : `/CIDToGIDMap ${refTo(file.addStream(this.#glyphMap()))} `;
    const descendant = file.add(
      `<< /Type /Font /Subtype /CIDFontType${this.#isCff ? 0 : 2} /BaseFont /${name} ` +
        `/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> ` +
        `/FontDescriptor ${refTo(descriptor)} /DW 1000 /W [${widths}] ${map}>>`,
    );
    file.set(
      this.ref,
      `<< /Type /Font /Subtype /Type0 /BaseFont /${name} /Encoding /Identity-H ` +
        `/DescendantFonts [${refTo(descendant)}] /ToUnicode ${refTo(file.addStream(this.#texts()))} >>`,
    );
  }

  #glyphMap(): Uint8Array {
    const map = Buffer.alloc(2 * (this.#entries.length + 1));
    for (const { code, gid } of this.#entries) map.writeUInt16BE(gid, 2 * code);
    return map;
  }

  #texts(): string {
    const lines = this.#entries.map(({ code, text }) => `<${hex(code)}> <${utf16Hex(text)}>`);
    // At most 100 entries may stand in one block.
    const blocks = Array.from({ length: Math.ceil(lines.length / 100) }, (_, i) => {
      const block = lines.slice(100 * i, 100 * (i + 1));
      return `${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`;
    });
    return [
      '/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap',
      '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
      '/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def',
      '1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange',
      ...blocks,
      'endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n',
    ].join('\n');
  }
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0');
}

/** Six letters that tell subsets of one face apart, drawn from what is in them. */
function tag(outlines: Uint8Array): string {
  const digest = createHash('sha256').update(outlines).digest();
  return Array.from(digest.subarray(0, 6), (byte) => String.fromCharCode(65 + (byte % 26))).join(
    '',
  );
}
