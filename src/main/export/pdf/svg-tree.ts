/** One element of a document that this exporter wrote itself. */
export interface SvgElement {
  readonly tag: string;
  readonly attrs: ReadonlyMap<string, string>;
  readonly children: readonly SvgElement[];
  /** Text directly inside it, entities resolved. */
  readonly text: string;
}

interface Open {
  tag: string;
  attrs: Map<string, string>;
  children: SvgElement[];
  text: string;
}

const token = /<\?[^>]*\?>|<\/([\w:]+)\s*>|<([\w:]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>|([^<]+)|</g;
const attribute = /([\w:-]+)="([^"]*)"/g;
const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
};

/**
 * Reads an SVG document of the plain form that the lab's own writers give: elements, quoted
 * attributes, text and four entities. It is no reader for other people's files.
 * @throws Error on anything else
 */
export function readSvg(svg: string): SvgElement {
  const root: Open = { tag: '', attrs: new Map(), children: [], text: '' };
  const path: Open[] = [root];
  for (const [whole, closing, opening, list = '', alone, text] of svg.matchAll(token)) {
    const parent = path.at(-1) ?? root;
    if (text !== undefined) parent.text += resolved(text);
    else if (closing !== undefined) {
      if (parent.tag !== closing || path.length === 1)
        throw new Error(`readSvg: </${closing}> closes <${parent.tag}>`);
      path.pop();
    } else if (opening !== undefined) {
      const pairs = [...list.matchAll(attribute)].map(
        ([, name = '', value = '']) => [name, resolved(value)] as const,
      );
      const made: Open = { tag: opening, attrs: new Map(pairs), children: [], text: '' };
      parent.children.push(made);
      if (alone === '') path.push(made);
    } else if (whole === '<') throw new Error('readSvg: a tag has no plain form');
  }
  const [top] = root.children;
  if (path.length !== 1 || top?.tag !== 'svg') throw new Error('readSvg: no whole <svg> element');
  return top;
}

function resolved(text: string): string {
  return text.replaceAll(/&(?:amp|lt|gt|quot);/g, (entity) => entities[entity] ?? entity);
}

/** The element's attribute as a number; `usual` where it has none. */
export function numberOf(element: SvgElement, name: string, usual = 0): number {
  const text = element.attrs.get(name);
  if (text === undefined) return usual;
  const value = Number.parseFloat(text);
  if (!Number.isFinite(value)) throw new Error(`readSvg: ${name}="${text}" is no number`);
  return value;
}
