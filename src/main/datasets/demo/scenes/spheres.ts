import { add, hex, mix, scale, smooth, tint, type Light } from '../colour';
import { pick, type Scene } from '../scene';

type Vector = readonly [number, number, number];

interface Ball {
  readonly centre: Vector;
  readonly radius: number;
  readonly colour: Light;
  readonly pattern: number;
  readonly gloss: number;
}

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const along = (o: Vector, d: Vector, t: number): Vector => [
  o[0] + d[0] * t,
  o[1] + d[1] * t,
  o[2] + d[2] * t,
];
const unit = (a: Vector): Vector => {
  const k = 1 / Math.hypot(a[0], a[1], a[2]);
  return [a[0] * k, a[1] * k, a[2] * k];
};

/** Glass and marble balls on a tiled floor: one ray, its shadow and one reflection per point. */
const spheres: Scene = {
  id: 'spheres',
  compose(stream, noise, aspect) {
    const palette = pick(stream, [
      [hex(0xc2403a), hex(0x2f6f8f), hex(0xe0b04a), hex(0xe8e0d0), hex(0x3c3a46)],
      [hex(0x2f7f5f), hex(0xd07a3a), hex(0x7a4a86), hex(0xf0e6d8), hex(0x27506b)],
    ] as const);
    const floorTiles = pick(stream, [
      [hex(0xe6dccb), hex(0x6b5a4a)],
      [hex(0xd8dfe2), hex(0x4a5f70)],
      [hex(0xcfa77a), hex(0x8a5a36)],
    ] as const);
    const sun = unit([
      stream.uniform(-0.8, 0.8),
      stream.uniform(0.7, 1.1),
      stream.uniform(-0.9, -0.3),
    ]);
    const turn = stream.uniform(0.2, 1.3);
    const balls: Ball[] = Array.from({ length: 9 }, (_, i) => {
      const radius = stream.uniform(0.3, 0.62);
      return {
        centre: [
          (i % 3) * 1.25 - 1.25 + stream.uniform(-0.3, 0.3),
          radius,
          2.6 + Math.floor(i / 3) * 1.3 + stream.uniform(-0.3, 0.3),
        ],
        radius,
        colour: pick(stream, palette),
        pattern: stream.integer(4),
        gloss: stream.uniform(0.08, 0.4),
      };
    });

    const hit = (o: Vector, d: Vector, skip: Ball | null): { ball: Ball; t: number } | null => {
      let best: { ball: Ball; t: number } | null = null;
      for (const ball of balls) {
        if (ball === skip) continue;
        const from: Vector = [o[0] - ball.centre[0], o[1] - ball.centre[1], o[2] - ball.centre[2]];
        const b = dot(from, d);
        const root = b * b - dot(from, from) + ball.radius * ball.radius;
        const t = -b - Math.sqrt(Math.max(0, root));
        if (root > 0 && t > 1e-4 && t < (best?.t ?? Infinity)) best = { ball, t };
      }
      return best;
    };

    const heaven = (d: Vector): Light => {
      const cloud = smooth(0.45, 0.7, noise.fbm(d[0] * 3 + 5, d[1] * 5, 4, 60));
      const sky = mix(
        mix(hex(0xf0dcc0), hex(0x6f93b8), smooth(-0.05, 0.6, d[1])),
        hex(0xffffff),
        0.55 * cloud,
      );
      return add(sky, scale([1, 0.9, 0.7], 2 * smooth(0.97, 0.995, dot(d, sun))));
    };

    const floor = (p: Vector): Light => {
      const x = (p[0] * Math.cos(turn) + p[2] * Math.sin(turn)) * 1.6;
      const z = (p[2] * Math.cos(turn) - p[0] * Math.sin(turn)) * 1.6;
      const odd = (Math.floor(x) + Math.floor(z)) % 2 !== 0;
      const vein = noise.ridged(x * 1.7, z * 1.7, 5, 70);
      const joint =
        Math.min(Math.abs(x - Math.round(x)), Math.abs(z - Math.round(z))) < 0.018 ? 0.45 : 1;
      const tile = odd ? floorTiles[0] : floorTiles[1];
      const shadow = hit(along(p, sun, 1e-3), sun, null) ? 0.25 : 1;
      const contact = balls.reduce((light, { centre, radius }) => {
        const gap = Math.hypot(p[0] - centre[0], p[2] - centre[2]) / radius;
        return light * (0.45 + 0.55 * smooth(0.1, 1.1, gap));
      }, 1);
      return scale(tile, (0.55 + 0.75 * vein) * joint * (0.3 * contact + 0.75 * shadow * sun[1]));
    };

    const skin = ({ colour, pattern, radius }: Ball, n: Vector): Light => {
      const [x, y, z] = [n[0] / radius, n[1] / radius, n[2] / radius];
      const veins = noise.fbm(
        x * 2.2 + 3 * noise.value(y * 2, z * 2, 80),
        y * 2.2 + z * 1.3,
        5,
        82,
      );
      if (pattern === 0) return mix(colour, hex(0xf6f2ea), smooth(0.46, 0.56, veins));
      if (pattern === 1) return Math.sin(y * 9 + 6 * veins) > 0.1 ? colour : scale(colour, 0.3);
      if (pattern === 2)
        return scale(colour, 0.35 + 1.3 * noise.ridged(x * 3, y * 3 + z * 2, 4, 86));
      return mix(
        colour,
        hex(0x1c1a1e),
        smooth(0.3, 0.24, noise.cell(x * 3.2, y * 3.2 + z, 88).near),
      );
    };

    const glance = (o: Vector, d: Vector, skip: Ball): Light => {
      const other = hit(o, d, skip);
      if (other) {
        const p = along(o, d, other.t);
        const n = unit([
          p[0] - other.ball.centre[0],
          p[1] - other.ball.centre[1],
          p[2] - other.ball.centre[2],
        ]);
        return scale(other.ball.colour, 0.25 + 0.7 * Math.max(0, dot(n, sun)));
      }
      return d[1] < -0.01 ? floor(along(o, d, -o[1] / d[1])) : heaven(d);
    };

    return (u, v) => {
      const eye: Vector = [0, 1.55, -0.6];
      const d = unit([(u - aspect / 2) * 1.05, 0.24 - v * 0.9, 1]);
      const seen = hit(eye, d, null);
      if (!seen) {
        if (d[1] > -0.02) return heaven(d);
        const far = -eye[1] / d[1];
        return mix(floor(along(eye, d, far)), hex(0xe6d8c4), smooth(6, 22, far));
      }
      const { ball, t } = seen;
      const p = along(eye, d, t);
      const n = unit([p[0] - ball.centre[0], p[1] - ball.centre[1], p[2] - ball.centre[2]]);
      const facing = -dot(d, n);
      const shadow = hit(p, sun, ball) ? 0.15 : 1;
      const direct = Math.max(0, dot(n, sun)) * shadow;
      const mirror: Vector = [
        d[0] + 2 * facing * n[0],
        d[1] + 2 * facing * n[1],
        d[2] + 2 * facing * n[2],
      ];
      const sheen = ball.gloss + (1 - ball.gloss) * Math.pow(1 - facing, 4);
      const spark = 1.6 * shadow * smooth(0.965, 0.995, dot(unit(mirror), sun));
      const body = tint(skin(ball, n), [
        0.26 + 0.85 * direct,
        0.28 + 0.8 * direct,
        0.33 + 0.7 * direct,
      ]);
      return add(mix(body, glance(p, unit(mirror), ball), sheen), scale([1, 0.95, 0.85], spark));
    };
  },
};
export default spheres;
