import { add, clamp01, hex, mix, scale, smooth, type Light } from '../colour';
import { pick, type Scene } from '../scene';

/** A pebble beach from above: large stones over small ones over sand, some of them wet. */
const pebbles: Scene = {
  id: 'pebbles',
  compose(stream, noise) {
    const stones: readonly Light[] = pick(stream, [
      [hex(0x8f8a82), hex(0x5d6166), hex(0xb9a68c), hex(0x7a5d4e), hex(0xd8d2c6)],
      [hex(0x6f7f86), hex(0x9a5f4a), hex(0xc9b8a0), hex(0x46505a), hex(0xe2ddd2)],
    ] as const);
    const sun = pick<readonly [number, number]>(stream, [
      [-0.6, -0.6],
      [0.65, -0.5],
      [-0.4, 0.6],
    ]);
    const tideline = stream.uniform(0.3, 0.7);
    const sizes = [stream.uniform(4.2, 5.6), stream.uniform(8.5, 11), stream.uniform(17, 22)];

    const layer = (
      u: number,
      v: number,
      level: number,
    ): { light: Light; shadow: number } | null => {
      const size = sizes[level] ?? 10;
      const warp = 0.16 * (noise.fbm(u * size * 0.9, v * size * 0.9, 2, 3 + level) - 0.5);
      const [x, y] = [u * size + warp, v * size * 1.12 - warp];
      const cell = noise.cell(x, y, 20 + level * 5);
      const present = level === 2 || cell.id > (level === 0 ? 0.5 : 0.3);
      const edge = cell.second - cell.near;
      if (!present || edge < 0.1) return null;
      const own = noise.hash(Math.floor(cell.x * 911), Math.floor(cell.y * 733), level);
      const stone = stones[Math.floor(own * stones.length)] ?? hex(0x888888);
      const dx = x - cell.x;
      const dy = y - cell.y;
      const dome = Math.sqrt(clamp01(1 - 1.25 * cell.near * cell.near)) * smooth(0.08, 0.4, edge);
      const tilt = 0.75 * dome + 0.62 * (dx * sun[0] + dy * sun[1]) * (1.15 - dome * 0.4) + 0.12;
      const speckle = noise.fbm(x * 9 + own * 50, y * 9, 3, 40);
      const band =
        own > 0.72
          ? 0.75 * smooth(0.12, 0.03, Math.abs(Math.sin(dx * 3 + dy * 5 * own + 2 * speckle) * 0.4))
          : 0;
      const spots = smooth(0.66, 0.74, noise.value(x * 22, y * 22, 44)) * 0.35;
      const wet = smooth(0.02, -0.06, v - tideline + 0.1 * (noise.fbm(u * 3, 2, 3, 48) - 0.5));
      const skin = mix(scale(stone, (0.5 + 0.95 * speckle) * (1 - spots)), hex(0xf3efe6), band);
      const gleam = wet * smooth(0.86, 0.97, tilt) * 0.8;
      const lit = scale(skin, (0.1 + 1.15 * clamp01(tilt)) * (1 - 0.45 * wet));
      return { light: add(lit, [gleam, gleam, gleam]), shadow: smooth(0.1, 0.2, edge) };
    };

    return (u, v) => {
      let shade = 1;
      for (let level = 0; level < sizes.length; level++) {
        const hit = layer(u, v, level);
        if (hit) return scale(hit.light, shade * (0.5 + 0.5 * hit.shadow));
        const above = layer(u + 0.014 * sun[0], v + 0.014 * sun[1], level);
        if (above) shade *= 0.55;
      }
      const sand = noise.fbm(u * 90, v * 90, 3, 52);
      return scale(hex(0x9c8a6e), shade * (0.15 + 0.75 * sand));
    };
  },
};
export default pebbles;
