/** The part of fontkit 2 that the exporter uses; the package carries no types. */
declare module 'fontkit' {
  export interface GlyphRun {
    readonly advanceWidth: number;
  }
  export interface Font {
    readonly familyName: string;
    readonly unitsPerEm: number;
    readonly ascent: number;
    readonly descent: number;
    hasGlyphForCodePoint(codePoint: number): boolean;
    layout(text: string): GlyphRun;
  }
  export function openSync(path: string): Font;
}
