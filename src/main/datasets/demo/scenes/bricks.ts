import { clamp01, hex, mix, scale, smooth, tint, type Light } from '../colour';
import { pick, type Scene } from '../scene';

/** A brick wall in low sun with a window, the shadow of a tree and ivy climbing in from one side. */
const bricks: Scene = {
  id: 'bricks',
  compose(stream, noise, aspect) {
    const fired = pick(stream, [
      [hex(0xa5543a), hex(0x7a3b2c), hex(0xc07a55)],
      [hex(0xc9b18a), hex(0xa98f6a), hex(0xe0cfae)],
      [hex(0x8b5a4c), hex(0x5f4a48), hex(0xa98674)],
    ] as const);
    const mortar = scale(hex(0xcfc6b8), 0.75);
    const courses = 13 + stream.integer(6);
    const sun = pick(stream, [hex(0xffe2b0), hex(0xfff2dd), hex(0xffc98c)] as const);
    const shadowAt = stream.uniform(0, 30);
    const ivySide = stream.integer(2) === 0 ? 0 : aspect;
    const window = { x: stream.uniform(0.35, 0.65) * aspect, y: stream.uniform(0.4, 0.55) };

    const wall = (u: number, v: number): Light => {
      const y = v * courses;
      const course = Math.floor(y);
      const x = (u * courses) / 2.4 + (course % 2) * 0.5 + 0.06 * noise.value(course, 3, 2);
      const brick = Math.floor(x);
      const fx = Math.abs(x - brick - 0.5) * 2.4;
      const fy = Math.abs(y - course - 0.5);
      const rough = 0.09 * noise.fbm(u * 60, v * 60, 2, 5);
      const edge = Math.max(fx - 0.7, fy) + rough;
      const own = noise.hash(brick, course, 7);
      const base = mix(fired[0], own < 0.5 ? fired[1] : fired[2], Math.abs(own - 0.5) * 1.7);
      const grain = 0.7 + 0.7 * noise.fbm(u * 48, v * 48, 4, 9);
      const pits = smooth(0.72, 0.8, noise.value(u * 85, v * 85, 12));
      const lit = 1 + 0.5 * smooth(0.34, 0.42, fy) * (y - course < 0.5 ? 1 : -1.3);
      const face = scale(base, grain * lit * (1 - 0.5 * pits));
      return mix(
        face,
        scale(mortar, 0.55 + 0.6 * noise.fbm(u * 70, v * 70, 2, 14)),
        smooth(0.42, 0.48, edge),
      );
    };

    const pane = (dx: number, dy: number, u: number, v: number): Light | null => {
      const [ax, ay] = [Math.abs(dx), Math.abs(dy)];
      if (ax > 0.2 || ay > 0.27) return null;
      if (ax > 0.165 || ay > 0.235) {
        return scale(
          hex(0xe9e2d2),
          0.5 + 0.3 * noise.fbm(u * 6, v * 70, 3, 20) + (dy < -0.23 ? -0.25 : 0.1),
        );
      }
      const bar = Math.min(Math.abs(ax - 0.075), Math.abs(ay - 0.08), ax) < 0.008;
      if (bar) return scale(hex(0xf2ece0), 0.75);
      const curtain = ax > 0.11 ? 0.35 + 0.25 * Math.sin(ax * 260) : 0;
      const sky = mix(
        hex(0x2c3a48),
        hex(0x9fb6c8),
        clamp01(0.6 - dy * 2 + 0.6 * (noise.fbm(u * 5, v * 5, 4, 24) - 0.5)),
      );
      return mix(scale(sky, 0.7), hex(0xd8cbb4), curtain);
    };

    const ivy = (u: number, v: number): Light | null => {
      const reach = 0.3 + 0.4 * noise.fbm(v * 3, 1.5, 3, 30) - Math.abs(u - ivySide) * 0.75;
      const leaf = noise.cell(u * 22, v * 22, 34);
      if (reach + 0.12 * (leaf.id - 0.5) < 0.24 || leaf.near > 0.62) return null;
      const vein = Math.abs(u * 22 - leaf.x) < 0.05 ? 1.35 : 1;
      const turn = 0.4 + 1.0 * leaf.id - 0.55 * leaf.near;
      return scale(mix(hex(0x2f5a24), hex(0x7d9a3a), leaf.id * 0.6), turn * vein);
    };

    return (u, v) => {
      const branches = noise.fbm(u * 2.6 + v * 1.8 + shadowAt, v * 2.2 - u, 4, 40);
      const shadow = smooth(0.5, 0.58, branches + 0.1 * noise.fbm(u * 16, v * 16, 2, 44));
      const light = tint(sun, mix([1.2, 1.2, 1.2], [0.36, 0.42, 0.56], shadow));
      const dx = u - window.x;
      const dy = v - window.y;
      const under =
        smooth(0.29, 0.22, Math.abs(dx)) * smooth(0.38, 0.28, dy) * (dy > 0.27 ? 0.45 : 0);
      const surface = ivy(u, v) ?? pane(dx, dy, u, v) ?? scale(wall(u, v), 1 - under);
      return tint(surface, light);
    };
  },
};
export default bricks;
