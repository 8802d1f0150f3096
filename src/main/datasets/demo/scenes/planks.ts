import { hex, mix, scale, smooth, tint, type Light } from '../colour';
import { pick, type Scene } from '../scene';

/** Weathered planks with knots and nails, dappled with the shadows of leaves, a few autumn leaves fallen on them. */
const planks: Scene = {
  id: 'planks',
  compose(stream, noise) {
    const [wood, dark] = pick(stream, [
      [hex(0xb98a5a), hex(0x5a3a22)],
      [hex(0x9a948a), hex(0x4a463f)],
      [hex(0x7f9a9a), hex(0x3a4a48)],
    ] as const);
    const boards = 4 + stream.integer(3);
    const upright = stream.integer(2) === 0;
    const shadowAt = stream.uniform(0, 60);
    const leaves = Array.from({ length: 7 }, () => ({
      x: stream.uniform(0, 1.4),
      y: stream.uniform(0, 1),
      angle: stream.uniform(0, 6.28),
      size: stream.uniform(0.06, 0.13),
      colour: pick(stream, [hex(0xd8742a), hex(0xe6b03a), hex(0xa83a24), hex(0x8a9a3a)] as const),
    }));

    const board = (along: number, across: number): Light => {
      const y = across * boards;
      const index = Math.floor(y);
      const fy = y - index;
      const own = noise.hash(index, 1, 3);
      const x = along + own * 40;
      const knot = noise.cell(x * 1.4, index * 3.1 + fy * 0.7, 5);
      const pull = Math.exp(-26 * knot.near * knot.near) * (knot.id > 0.45 ? 1 : 0);
      const rings = fy * 7 + 3.2 * noise.fbm(x * 0.9, index * 9 + fy * 1.3, 3, 8) + 4.5 * pull;
      const year = 0.5 + 0.5 * Math.sin(rings * 6.28);
      const fibre = noise.fbm(x * 6, y * 34, 4, 11);
      const crack = smooth(0.8, 0.9, noise.ridged(x * 0.8, y * 7, 3, 15)) * 0.7;
      const body = mix(
        scale(wood, 0.55 + 0.6 * fibre + 0.25 * own),
        dark,
        0.5 * year * (0.5 + fibre) + 0.6 * smooth(0.5, 0.9, pull),
      );
      const nail = Math.hypot((((x * 1.1) % 1) - 0.5) / 1.1, (Math.abs(fy - 0.5) - 0.28) / boards);
      const rust = mix(body, hex(0x6a3a22), 0.7 * smooth(0.05, 0.015, nail));
      const metal = nail < 0.012 ? scale(hex(0x8a8a90), 0.6) : rust;
      const gap = Math.min(fy, 1 - fy);
      return scale(metal, (1 - crack) * (0.12 + 0.88 * smooth(0.015, 0.05, gap)));
    };

    const fallen = (u: number, v: number): Light | null => {
      for (const { x, y, angle, size, colour } of leaves) {
        const [dx, dy] = [(u - x) / size, (v - y) / size];
        const a = dx * Math.cos(angle) + dy * Math.sin(angle);
        const b = dy * Math.cos(angle) - dx * Math.sin(angle);
        if (Math.abs(a) > 1) continue;
        const outline = 0.48 * Math.pow(1 - a * a, 0.8) + 0.06 * Math.abs(Math.sin(a * 19));
        if (Math.abs(b) > outline) continue;
        const vein = Math.abs(b) < 0.03 || Math.abs(Math.sin((a + Math.abs(b) * 0.9) * 13)) < 0.12;
        const mottled = 0.6 + 0.8 * noise.fbm(a * 5 + x * 30, b * 5, 3, 30);
        return scale(mix(colour, hex(0x5a2a16), vein ? 0.35 : 0.1), mottled * (b > 0 ? 1.1 : 0.8));
      }
      return null;
    };

    return (u, v) => {
      const dapple = noise.fbm(u * 3.4 + shadowAt, v * 3.4, 4, 40);
      const shadow = smooth(0.44, 0.56, dapple);
      const light = mix([1.35, 1.22, 1], [0.42, 0.47, 0.58], shadow);
      const leaf = fallen(u, v);
      const under = leaf ? 1 : fallen(u + 0.012, v + 0.016) ? 0.5 : 1;
      return tint(leaf ?? scale(upright ? board(v, u / 1.35) : board(u, v), under), light);
    };
  },
};
export default planks;
