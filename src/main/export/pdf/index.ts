import { covers, faceOf, parseFont, textWidth, type FontSpec } from '../fonts';
import { systemFaceFor } from '../system-faces';
import { operand, PdfFile, refTo, textString, type Ref } from './file';
import { EmbeddedFace } from './font';
import { addPicture } from './image';
import { circleOperators, pathOperators } from './path';
import { numberOf, readSvg, type SvgElement } from './svg-tree';

/** Attributes that children take over from the groups they stand in. */
const inherited = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-opacity',
  'stroke-width',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-miterlimit',
  'stroke-dasharray',
  'stroke-dashoffset',
  'opacity',
] as const;
type Style = ReadonlyMap<string, string>;

/**
 * Turns a document of the SVG writers into a PDF of one page of the same size: the geometry is taken
 * over command by command, text stays text with its faces embedded as subsets, pictures keep their
 * pixels. The same document gives the same bytes.
 *
 * @throws Error where an element has no form here: a wrong picture is never written
 */
export async function svgToPdf(svg: string): Promise<Buffer> {
  const root = readSvg(svg);
  const page = new PdfPage(root);
  await page.draw();
  return page.document();
}

class PdfPage {
  readonly #file = new PdfFile();
  readonly #root: SvgElement;
  readonly #lines: string[] = [];
  readonly #faces = new Map<unknown, EmbeddedFace>();
  readonly #states = new Map<string, { name: string; ref: Ref }>();
  readonly #pictures = new Map<string, { name: string; ref: Ref }>();
  readonly #clips = new Map<string, SvgElement>();
  readonly #width: number;
  readonly #height: number;

  constructor(root: SvgElement) {
    this.#root = root;
    this.#width = numberOf(root, 'width');
    this.#height = numberOf(root, 'height');
    this.#collectClips(root);
  }

  async draw(): Promise<void> {
    // SVG counts downwards from the upper left corner.
    this.#lines.push(`1 0 0 -1 0 ${operand(this.#height)} cm`);
    for (const child of this.#root.children) await this.#element(child, new Map());
  }

  document(): Buffer {
    const file = this.#file;
    const text = (tag: string): string =>
      this.#root.children.find((child) => child.tag === tag)?.text ?? '';
    const [catalog, pages, page] = [file.reserve(), file.reserve(), file.reserve()];
    const contents = file.addStream(`${this.#lines.join('\n')}\n`);
    for (const face of this.#faces.values()) face.write(file);
    const list = (entries: Iterable<{ name: string; ref: Ref }>): string =>
      `<< ${[...entries].map(({ name, ref }) => `/${name} ${refTo(ref)}`).join(' ')} >>`;
    const resources = `<< /Font ${list(this.#faces.values())} /ExtGState ${list(this.#states.values())} /XObject ${list(this.#pictures.values())} >>`;
    const box = `[0 0 ${operand(this.#width)} ${operand(this.#height)}]`;
    file.set(
      page,
      `<< /Type /Page /Parent ${refTo(pages)} /MediaBox ${box} /Contents ${refTo(contents)} /Resources ${resources} >>`,
    );
    file.set(pages, `<< /Type /Pages /Kids [${refTo(page)}] /Count 1 >>`);
    file.set(
      catalog,
      `<< /Type /Catalog /Pages ${refTo(pages)} /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>`,
    );
    // No dates: they would make every file another one.
    const info = file.add(
      `<< /Title ${textString(text('title'))} /Subject ${textString(text('desc'))} /Creator ${textString('IQA Robustness Lab')} >>`,
    );
    return Buffer.from(file.bytes(catalog, info));
  }

  #collectClips(element: SvgElement): void {
    const id = element.attrs.get('id');
    if (element.tag === 'clipPath' && id !== undefined) this.#clips.set(id, element);
    for (const child of element.children) this.#collectClips(child);
  }

  async #element(element: SvgElement, above: Style): Promise<void> {
    const { tag, attrs } = element;
    if (tag === 'title' || tag === 'desc' || tag === 'defs' || tag === 'clipPath') return;
    const style = styleOf(element, above);
    const matrix = matrixOf(attrs.get('transform'));
    const clip = attrs.get('clip-path');
    const framed = matrix !== null || clip !== undefined;
    if (framed) this.#lines.push('q');
    if (matrix) this.#lines.push(`${matrix.map(operand).join(' ')} cm`);
    if (clip !== undefined) this.#clip(clip);
    if (tag === 'g') for (const child of element.children) await this.#element(child, style);
    else if (tag === 'text') this.#text(element, style);
    else if (tag === 'image') await this.#image(element);
    else this.#paint(outlineOf(element), style);
    if (framed) this.#lines.push('Q');
  }

  #clip(address: string): void {
    const id = /#([^)]+)\)/.exec(address)?.[1] ?? '';
    const outlines = (this.#clips.get(id)?.children ?? []).map(outlineOf);
    if (outlines.length === 0) throw new Error(`svgToPdf: clip path ${address} is not there`);
    this.#lines.push(...outlines, 'W n');
  }

  #paint(outline: string, style: Style): void {
    const fill = colour(style.get('fill') ?? '#000000');
    const width = Number(style.get('stroke-width') ?? 1);
    const stroke = width > 0 ? colour(style.get('stroke') ?? 'none') : null;
    if (!fill && !stroke) return;
    const lines = ['q', this.#opacity(style)];
    if (fill) lines.push(`${fill} rg`);
    if (stroke) lines.push(`${stroke} RG`, ...strokeOperators(style, width));
    lines.push(outline, fill && stroke ? 'B' : fill ? 'f' : 'S', 'Q');
    this.#lines.push(...lines.filter((line) => line !== ''));
  }

  #text(element: SvgElement, style: Style): void {
    const { attrs, text } = element;
    const size = numberOf(element, 'font-size', 12);
    const lead = `${attrs.get('font-style') ?? 'normal'} ${attrs.get('font-weight') ?? 'normal'}`;
    const font = parseFont(`${lead} ${size}px ${attrs.get('font-family') ?? 'Arimo'}`);
    const fill = colour(style.get('fill') ?? '#000000');
    if (!fill || text === '') return;
    const width = textWidth(text, font);
    const shift = { middle: width / 2, end: width }[attrs.get('text-anchor') ?? ''] ?? 0;
    const shown = [...this.#runs(text, font)];
    this.#lines.push(
      'q',
      ...[this.#opacity(style)].filter((line) => line !== ''),
      `${fill} rg`,
      'BT',
      `1 0 0 -1 ${operand(numberOf(element, 'x') - shift)} ${operand(numberOf(element, 'y'))} Tm`,
      ...shown.flatMap(({ face, operators }) => [`/${face.name} ${operand(size)} Tf`, operators]),
      'ET',
      'Q',
    );
  }

  /** Text in parts of one face each: the bundled one, and the system's for what it lacks. */
  *#runs(text: string, spec: FontSpec): Generator<{ face: EmbeddedFace; operators: string }> {
    const bundled = faceOf(spec);
    const own = this.#face(bundled);
    const parts: { font: ReturnType<typeof faceOf> | null; text: string }[] = [];
    for (const character of text) {
      const font = covers(bundled, character) ? bundled : systemFaceFor(character);
      const last = parts.at(-1);
      if (last?.font === font) last.text += character;
      else parts.push({ font, text: character });
    }
    for (const { font, text: part } of parts) {
      const face = font ? this.#face(font) : own;
      yield { face, operators: font ? face.show(part) : own.showMissing(part) };
    }
  }

  #face(font: ReturnType<typeof faceOf>): EmbeddedFace {
    const known = this.#faces.get(font);
    if (known) return known;
    const made = new EmbeddedFace(font, `F${this.#faces.size + 1}`, this.#file.reserve());
    this.#faces.set(font, made);
    return made;
  }

  /** The state that draws with this opacity; empty where all is opaque. */
  #opacity(style: Style): string {
    const whole = Number(style.get('opacity') ?? 1);
    const of = (name: string): string => operand(whole * Number(style.get(name) ?? 1));
    const [fill, stroke] = [of('fill-opacity'), of('stroke-opacity')];
    if (fill === '1' && stroke === '1') return '';
    const key = `/ca ${fill} /CA ${stroke}`;
    const known = this.#states.get(key) ?? {
      name: `G${this.#states.size + 1}`,
      ref: this.#file.add(`<< /Type /ExtGState ${key} >>`),
    };
    this.#states.set(key, known);
    return `/${known.name} gs`;
  }

  async #image(element: SvgElement): Promise<void> {
    const address = element.attrs.get('xlink:href') ?? element.attrs.get('href') ?? '';
    const known = this.#pictures.get(address) ?? {
      name: `P${this.#pictures.size + 1}`,
      ref: await addPicture(this.#file, address),
    };
    this.#pictures.set(address, known);
    const [x, y, width, height] = (['x', 'y', 'width', 'height'] as const).map((name) =>
      numberOf(element, name),
    ) as [number, number, number, number];
    // A picture fills the unit square and counts upwards.
    const place = [width, 0, 0, -height, x, y + height].map(operand).join(' ');
    this.#lines.push('q', `${place} cm`, `/${known.name} Do`, 'Q');
  }
}

/** Opacities multiply; everything else of an element replaces what stands above it. */
function styleOf({ attrs }: SvgElement, above: Style): Style {
  const style = new Map(above);
  for (const name of inherited) {
    const own = attrs.get(name);
    if (own === undefined) continue;
    const value = name === 'opacity' ? String(Number(above.get(name) ?? 1) * Number(own)) : own;
    style.set(name, value);
  }
  return style;
}

function outlineOf(element: SvgElement): string {
  const at = (name: string): number => numberOf(element, name);
  switch (element.tag) {
    case 'path':
      return pathOperators(element.attrs.get('d') ?? '');
    case 'rect':
      return `${[at('x'), at('y'), at('width'), at('height')].map(operand).join(' ')} re`;
    case 'circle':
      return circleOperators(at('cx'), at('cy'), at('r'));
    case 'polyline':
    case 'polygon': {
      const d = pathOperators(`M${element.attrs.get('points') ?? ''}`);
      return element.tag === 'polygon' ? `${d}\nh` : d;
    }
    default:
      throw new Error(`svgToPdf: element <${element.tag}> has no form`);
  }
}

function strokeOperators(style: Style, width: number): string[] {
  const cap = { butt: 0, round: 1, square: 2 }[style.get('stroke-linecap') ?? 'butt'];
  const join = { miter: 0, round: 1, bevel: 2 }[style.get('stroke-linejoin') ?? 'miter'];
  if (cap === undefined || join === undefined) throw new Error('svgToPdf: a line end has no form');
  const dashes = style.get('stroke-dasharray') ?? 'none';
  const pattern = dashes === 'none' ? [] : dashes.split(/[\s,]+/).map(Number);
  const lines = [`${operand(width)} w`];
  if (cap !== 0) lines.push(`${cap} J`);
  if (join !== 0) lines.push(`${join} j`);
  // SVG's limit is 4 where nothing is said, PDF's 10.
  else lines.push(`${operand(Number(style.get('stroke-miterlimit') ?? 4))} M`);
  if (pattern.some((length) => length > 0)) {
    const offset = Number(style.get('stroke-dashoffset') ?? 0);
    lines.push(`[${pattern.map(operand).join(' ')}] ${operand(offset)} d`);
  }
  return lines;
}

/** Red, green and blue from 0 to 1; null where nothing is painted. */
function colour(text: string): string | null {
  if (text === 'none' || text === 'transparent') return null;
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(text);
  const hex = short
    ? `#${short
        .slice(1)
        .map((digit) => digit + digit)
        .join('')}`
    : text;
  const parts =
    /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i
      .exec(hex)
      ?.slice(1)
      .map((each) => Number.parseInt(each, 16)) ??
    /^rgb\((\d+),\s*(\d+),\s*(\d+)\)$/.exec(text)?.slice(1).map(Number);
  if (!parts) throw new Error(`svgToPdf: colour ${text} has no form`);
  return parts.map((part) => operand(part / 255)).join(' ');
}

function matrixOf(text: string | undefined): number[] | null {
  if (text === undefined) return null;
  const [, kind = '', list = ''] = /^(\w+)\(([^)]*)\)$/.exec(text) ?? [];
  const values = list.split(/[\s,]+/).map(Number);
  if (kind === 'matrix' && values.length === 6) return values;
  if (kind === 'translate') return [1, 0, 0, 1, values[0] ?? 0, values[1] ?? 0];
  throw new Error(`svgToPdf: transform "${text}" has no form`);
}
