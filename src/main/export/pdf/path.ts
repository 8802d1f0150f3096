import { operand } from './file';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Distance of the control points of a quarter circle of radius 1: the error is below 0.03 %. */
const quarter = 0.5522847498;

/**
 * A path in SVG's notation as PDF path operators. Knows the commands that the lab's writers use:
 * M, L, l, C, Q, A and Z.
 * @throws Error on any other
 */
export function pathOperators(d: string): string {
  const parts: string[] = [];
  let at: Point = { x: 0, y: 0 };
  let start = at;
  const add = (operator: string, ...points: Point[]): void => {
    parts.push(`${points.map(({ x, y }) => `${operand(x)} ${operand(y)}`).join(' ')} ${operator}`);
    at = points.at(-1) ?? at;
  };
  for (const [, command = '', rest = ''] of d.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
    const values = (rest.match(/-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/g) ?? []).map(Number);
    const points = (from: Point = { x: 0, y: 0 }): Point[] =>
      Array.from({ length: values.length / 2 }, (_, i) => ({
        x: from.x + (values[2 * i] ?? 0),
        y: from.y + (values[2 * i + 1] ?? 0),
      }));
    switch (command) {
      case 'M': {
        const [first = at, ...others] = points();
        add('m', first);
        start = first;
        for (const point of others) add('l', point);
        break;
      }
      case 'L':
        for (const point of points()) add('l', point);
        break;
      case 'l':
        for (let i = 0; i + 1 < values.length; i += 2)
          add('l', { x: at.x + (values[i] ?? 0), y: at.y + (values[i + 1] ?? 0) });
        break;
      case 'C':
        for (const [a, b, c] of grouped(points(), 3)) if (a && b && c) add('c', a, b, c);
        break;
      case 'Q':
        for (const [a, b] of grouped(points(), 2))
          if (a && b) add('c', between(at, a, 2 / 3), between(b, a, 2 / 3), b);
        break;
      case 'A': {
        const [rx = 0, ry = 0, , large = 0, sweep = 0, x = 0, y = 0] = values;
        for (const curve of arc(at, { x, y }, rx, ry, large === 1, sweep === 1)) {
          if (curve.length === 3) add('c', ...curve);
          else add('l', ...curve);
        }
        break;
      }
      case 'Z':
      case 'z':
        parts.push('h');
        at = start;
        break;
      default:
        throw new Error(`pathOperators: command ${command} has no form`);
    }
  }
  return parts.join('\n');
}

/** A full circle as four curves. */
export function circleOperators(cx: number, cy: number, r: number): string {
  const k = quarter * r;
  const at = (x: number, y: number): string => `${operand(cx + x)} ${operand(cy + y)}`;
  return [
    `${at(r, 0)} m`,
    `${at(r, k)} ${at(k, r)} ${at(0, r)} c`,
    `${at(-k, r)} ${at(-r, k)} ${at(-r, 0)} c`,
    `${at(-r, -k)} ${at(-k, -r)} ${at(0, -r)} c`,
    `${at(k, -r)} ${at(r, -k)} ${at(r, 0)} c`,
    'h',
  ].join('\n');
}

/**
 * An elliptical arc without rotation as curves of at most a quarter turn each, by the conversion
 * from end points to centre of SVG 1.1, appendix F.6.
 */
function arc(
  from: Point,
  to: Point,
  rx: number,
  ry: number,
  large: boolean,
  sweep: boolean,
): Point[][] {
  if (rx === 0 || ry === 0) return [[to]];
  const half = { x: (from.x - to.x) / 2 / rx, y: (from.y - to.y) / 2 / ry };
  const apart = half.x ** 2 + half.y ** 2;
  if (apart === 0) return [];
  // Radii too small to reach are enlarged until they do.
  const grow = Math.max(1, Math.sqrt(apart));
  const [a, b] = [rx * grow, ry * grow];
  const unit = { x: half.x / grow, y: half.y / grow };
  const size = unit.x ** 2 + unit.y ** 2;
  const offset = (large === sweep ? -1 : 1) * Math.sqrt(Math.max(0, 1 / size - 1));
  const centre = { x: offset * unit.y, y: -offset * unit.x };
  const first = Math.atan2(unit.y - centre.y, unit.x - centre.x);
  let turn = Math.atan2(-unit.y - centre.y, -unit.x - centre.x) - first;
  if (sweep && turn < 0) turn += 2 * Math.PI;
  if (!sweep && turn > 0) turn -= 2 * Math.PI;
  const middle = { x: (from.x + to.x) / 2 + a * centre.x, y: (from.y + to.y) / 2 + b * centre.y };
  const count = Math.max(1, Math.ceil(Math.abs(turn) / (Math.PI / 2) - 1e-6));
  const each = turn / count;
  const reach = (4 / 3) * Math.tan(each / 4);
  const at = (x: number, y: number): Point => ({ x: middle.x + a * x, y: middle.y + b * y });
  return Array.from({ length: count }, (_, i) => {
    const [s, e] = [first + i * each, first + (i + 1) * each];
    const end = i === count - 1 ? to : at(Math.cos(e), Math.sin(e));
    return [
      at(Math.cos(s) - reach * Math.sin(s), Math.sin(s) + reach * Math.cos(s)),
      at(Math.cos(e) + reach * Math.sin(e), Math.sin(e) - reach * Math.cos(e)),
      end,
    ];
  });
}

function between(a: Point, b: Point, share: number): Point {
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}

function grouped<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.floor(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
