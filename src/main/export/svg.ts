import { middleToBaseline, parseFont, type FontSpec } from './fonts';
import type { DrawnNode } from './draw';
import { placedMark, scaledPath, type Matrix } from './svg-geometry';

/**
 * Writes a drawing as a plain SVG file: true size in points, attributes only (style sheets broke
 * editors and viewers), no identifiers that change from one drawing to the next, text as text on
 * its baseline (not every program knows `dominant-baseline`).
 */
export interface SvgPage {
  readonly widthPt: number;
  readonly heightPt: number;
  readonly title: string;
  readonly description: string;
  /** Chart units per point in the drawing. */
  readonly unitsPerPt: number;
  /** Contents of pictures as data addresses, by the address the drawing has for them. */
  readonly pictures?: ReadonlyMap<string, string>;
}

/** Attributes that are copied as they are. */
const kept = new Set([
  'clip-path',
  'fill',
  'fill-opacity',
  'opacity',
  'stroke',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-miterlimit',
  'stroke-opacity',
  'text-anchor',
  'xml:space',
]);
/** Lengths in chart units; dash patterns are lists of them. */
const lengths = new Set([
  'cx',
  'cy',
  'height',
  'points',
  'r',
  'stroke-dasharray',
  'stroke-dashoffset',
  'stroke-width',
  'width',
  'x',
  'y',
]);
/** Only meaningful to a browser that reacts to the pointer, or handled with the element itself. */
const dropped = new Set(['d', 'dominant-baseline', 'id', 'pointer-events', 'style', 'transform']);

interface Writer {
  readonly scale: number;
  /** Stable names of clip paths by the drawing's own, which count up over the life of a process. */
  readonly names: Map<string, string>;
  /** Every line of text with its font, for the rasteriser's choice of fonts. */
  readonly texts: { text: string; font: FontSpec }[];
  readonly pictures: ReadonlyMap<string, string>;
}

/** The SVG document and the text it contains. */
export function writeSvg(
  root: DrawnNode,
  page: SvgPage,
): { svg: string; texts: readonly { text: string; font: FontSpec }[] } {
  const pictures = page.pictures ?? new Map<string, string>();
  const writer: Writer = { scale: 1 / page.unitsPerPt, names: new Map(), texts: [], pictures };
  const body = written(root.children, writer).join('\n');
  const size = `width="${number(page.widthPt)}pt" height="${number(page.heightPt)}pt"`;
  const box = `viewBox="0 0 ${number(page.widthPt)} ${number(page.heightPt)}"`;
  // Editors that know SVG 1.1 only look for a picture's content under the linking name space.
  const links = pictures.size > 0 ? ' xmlns:xlink="http://www.w3.org/1999/xlink"' : '';
  const svg = [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<svg xmlns="http://www.w3.org/2000/svg"${links} version="1.1" ${size} ${box} role="img">`,
    `<title>${escape(page.title)}</title>`,
    `<desc>${escape(page.description)}</desc>`,
    body,
    '</svg>\n',
  ].join('\n');
  return { svg, texts: writer.texts };
}

function written(nodes: readonly DrawnNode[] | undefined, writer: Writer): string[] {
  return (nodes ?? []).map((node) => element(node, writer)).filter((text) => text !== '');
}

function element(node: DrawnNode, writer: Writer): string {
  switch (node.tag) {
    case 'text':
      return textElement(node, writer);
    case 'path':
      return pathElement(node, writer);
    case 'g':
    case 'defs':
    case 'clipPath': {
      const children = written(node.children, writer);
      if (children.length === 0) return '';
      const id = node.attrs['id'];
      const own = id === undefined ? '' : ` id="${nameOf(String(id), writer)}"`;
      return `<${node.tag}${own}${attributes(node, writer)}>\n${children.join('\n')}\n</${node.tag}>`;
    }
    case 'image':
      return imageElement(node, writer);
    case 'rect':
    case 'circle':
    case 'polyline':
    case 'polygon':
      return `<${node.tag}${attributes(node, writer)}${transform(node, writer)}/>`;
    default:
      throw new Error(`writeSvg: element <${node.tag}> has no plain form`);
  }
}

/** A picture with its content in the file; one that is gone leaves its frame. */
function imageElement(node: DrawnNode, writer: Writer): string {
  const [x, y, width, height] = (['x', 'y', 'width', 'height'] as const).map((name) =>
    number(Number(node.attrs[name] ?? 0) * writer.scale),
  );
  const place = `x="${x}" y="${y}" width="${width}" height="${height}"`;
  const content = writer.pictures.get(String(node.attrs['href']));
  if (content === undefined) {
    return `<rect ${place} fill="none" stroke="#777777" stroke-width="0.5"/>`;
  }
  return `<image ${place} preserveAspectRatio="none" xlink:href="${content}"/>`;
}

/** Marks come as a unit shape with a matrix; they are written where and as large as they are. */
function pathElement(node: DrawnNode, writer: Writer): string {
  const path = String(node.attrs['d'] ?? '');
  if (isInvisible(node)) return '';
  const mark = placedMark(path, matrixOf(node), writer.scale);
  if (!mark) {
    const d = scaledPath(path, writer.scale, number);
    return `<path d="${d}"${attributes(node, writer)}${transform(node, writer)}/>`;
  }
  const weight = { ...writer, scale: writer.scale * mark.factor };
  if (mark.kind === 'path') return `<path d="${mark.d(number)}"${attributes(node, weight)}/>`;
  const place = `cx="${number(mark.cx)}" cy="${number(mark.cy)}" r="${number(mark.r)}"`;
  return `<circle ${place}${attributes(node, weight)}/>`;
}

/** Areas that only catch the pointer, and the empty marks that carry direct labels. */
function isInvisible({ attrs }: DrawnNode): boolean {
  const { fill, stroke } = attrs;
  const filled = fill !== 'none' && Number(attrs['fill-opacity'] ?? 1) > 0;
  const stroked =
    stroke !== undefined && stroke !== 'none' && Number(attrs['stroke-width'] ?? 1) > 0;
  const empty = /^matrix\(0,0,0,0,/.test(String(attrs['transform'] ?? ''));
  return empty || !(filled || stroked);
}

function textElement(node: DrawnNode, writer: Writer): string {
  const style = new Map(
    String(node.attrs['style'] ?? '')
      .split(';')
      .map((rule) => rule.split(':').map((part) => part.trim()) as [string, string]),
  );
  const [size = '12px', family = 'Arimo'] = [style.get('font-size'), style.get('font-family')];
  const slant = style.get('font-style') ?? 'normal';
  const weight = style.get('font-weight') ?? 'normal';
  const font = parseFont(`${slant} ${weight} ${size} ${family}`);
  const shift = node.attrs['dominant-baseline'] === 'central' ? middleToBaseline(font) : 0;
  const y = Number(node.attrs['y'] ?? 0) + shift * font.size;
  const text = typographic(node.text ?? '');
  writer.texts.push({ text, font });
  const parts = [
    `x="${number(Number(node.attrs['x'] ?? 0) * writer.scale)}"`,
    `y="${number(y * writer.scale)}"`,
    `font-family="${escape(family)}"`,
    `font-size="${number(font.size * writer.scale)}"`,
    ...(weight === 'normal' ? [] : [`font-weight="${escape(weight)}"`]),
    ...(slant === 'normal' ? [] : [`font-style="${escape(slant)}"`]),
  ];
  const others = attributes({ ...node, attrs: { ...node.attrs, x: false, y: false } }, writer);
  return `<text ${parts.join(' ')}${others}${transform(node, writer)}>${escape(text)}</text>`;
}

/** A number that stands alone gets a true minus sign. */
function typographic(text: string): string {
  return /^-[\d.,]+$/.test(text) ? `\u2212${text.slice(1)}` : text;
}

function attributes(node: DrawnNode, writer: Writer): string {
  return Object.entries(node.attrs)
    .flatMap(([name, value]) => {
      if (value === undefined || value === false) return [];
      if (dropped.has(name) || name.startsWith('ecmeta_')) return [];
      if (name === 'clip-path') {
        const id = /#(.+)\)/.exec(String(value))?.[1] ?? '';
        return [` clip-path="url(#${nameOf(id, writer)})"`];
      }
      if (kept.has(name)) return [` ${name}="${escape(String(value))}"`];
      if (!lengths.has(name)) throw new Error(`writeSvg: attribute ${name} has no plain form`);
      const scaled = String(value).replaceAll(/-?[\d.]+(e-?\d+)?/g, (each) =>
        number(Number(each) * writer.scale),
      );
      return [` ${name}="${scaled}"`];
    })
    .join('');
}

function nameOf(id: string, { names }: Writer): string {
  const known = names.get(id) ?? `clip-${names.size}`;
  names.set(id, known);
  return known;
}

/** The element's own matrix, null where it has none. */
function matrixOf(node: DrawnNode): Matrix | null {
  const text = node.attrs['transform'];
  if (typeof text !== 'string') return null;
  const values = (/\(([^)]*)\)/.exec(text)?.[1] ?? '').split(/[\s,]+/).map(Number);
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = values;
  if (text.startsWith('matrix')) return { a, b, c, d, e, f };
  if (text.startsWith('translate')) return { a: 1, b: 0, c: 0, d: 1, e: a, f: b };
  throw new Error(`writeSvg: transform "${text}" has no plain form`);
}

/** Scaling the whole drawing leaves the linear part of a matrix alone and scales its translation. */
function transform(node: DrawnNode, { scale }: Writer): string {
  const matrix = matrixOf(node);
  if (!matrix) return '';
  const { a, b, c, d, e, f } = matrix;
  const [x, y] = [number(e * scale), number(f * scale)];
  return a === 1 && b === 0 && c === 0 && d === 1
    ? ` transform="translate(${x} ${y})"`
    : ` transform="matrix(${[a, b, c, d].map(number).join(' ')} ${x} ${y})"`;
}

/** Three decimals of a point are a third of a micrometre; "-0" becomes "0". */
function number(value: number): string {
  return String(Math.round(value * 1000) / 1000 || 0);
}

/** Text for an XML document; control characters, which XML cannot hold, are removed. */
function escape(text: string): string {
  return text
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
