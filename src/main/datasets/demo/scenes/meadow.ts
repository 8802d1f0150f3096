import { add, hex, lerp, mix, scale, smooth, type Light } from '../colour';
import { makeSky, pick, pickDaylight, type Scene } from '../scene';

const LAYERS = 7;

/** Flowers and grass, small and pale far away, large and crisp in front. */
const meadow: Scene = {
  id: 'meadow',
  compose(stream, noise, aspect) {
    const light = pickDaylight(stream);
    const horizon = stream.uniform(0.26, 0.38);
    const sky = makeSky(stream, noise, light, aspect, horizon);
    const petals = pick(stream, [
      [hex(0xd8332a), hex(0xe86a4a), hex(0xf6f0e2)],
      [hex(0x7a55c8), hex(0xb58ae6), hex(0xf3d14a)],
      [hex(0xf4c430), hex(0xffffff), hex(0xe88fb4)],
    ] as const);
    const grass = pick(stream, [hex(0x4f7d2a), hex(0x6f8a34), hex(0x3f6f3a)] as const);
    const shift = Array.from({ length: LAYERS }, () => stream.uniform(0, 60));

    const blades = (u: number, v: number, near: number, layer: number): Light => {
      const size = lerp(110, 22, near);
      const lean =
        (noise.value(u * 3, layer, 4) - 0.5) * 0.5 +
        0.3 * (noise.value(u * size * 0.4, layer, 5) - 0.5);
      const stroke = noise.ridged((u + lean * v) * size, v * size * 0.13 + layer, 3, 6);
      const patch = noise.fbm(u * 4, v * 9 + layer, 3, 9);
      const colour = mix(scale(grass, 0.35 + 1.15 * stroke), hex(0xb9b45a), 0.35 * patch * stroke);
      return mix(colour, light.haze, 0.55 * (1 - near) * (1 - near));
    };

    const flower = (u: number, v: number, layer: number): Light | null => {
      const near = layer / (LAYERS - 1);
      const size = lerp(0.014, 0.1, near * near);
      const row = horizon + 0.03 + (0.9 - horizon) * Math.pow(near, 1.5);
      if (Math.abs(v - row) > size * 2.4) return null;
      const x = u / size / 1.5 + (shift[layer] ?? 0);
      for (let column = Math.floor(x) - 1; column <= Math.floor(x) + 1; column++) {
        const own = (salt: number): number => noise.hash(column, layer, salt);
        if (own(20) < 0.35) continue;
        const radius = 0.55 + 0.3 * own(21);
        const dx = ((x - column - 0.5 - 0.5 * (own(22) - 0.5)) * 1.5) / radius;
        const dy =
          (v - row - size * 2.2 * (own(23) - 0.5)) / size / radius / (0.65 + 0.3 * own(24));
        const distance = Math.hypot(dx, dy);
        const angle = Math.atan2(dy, dx) + 6 * own(25);
        const count = 5 + Math.floor(own(26) * 4);
        const rim = 0.8 + 0.2 * Math.cos(angle * count);
        if (distance > rim) continue;
        if (distance < 0.24)
          return scale(
            hex(0x5a3a12),
            0.5 + 1.4 * noise.hash(Math.floor(dx * 14), Math.floor(dy * 14), column),
          );
        const kind = petals[Math.floor(own(27) * petals.length)] ?? petals[0];
        const crease = 0.72 + 0.28 * Math.cos(angle * count) + 0.16 * Math.cos(angle * count * 4);
        const shade = (0.6 + 0.45 * distance) * crease * (1.05 - 0.35 * dy);
        return mix(scale(kind, shade), light.haze, 0.4 * (1 - near) * (1 - near));
      }
      const stem = x - Math.floor(x) - 0.5;
      const visible =
        v > row && Math.abs(stem) < 0.035 && noise.hash(Math.floor(x), layer, 20) > 0.35;
      return visible ? scale(grass, 0.9 + stem * 8) : null;
    };

    return (u, v) => {
      for (let layer = LAYERS - 1; layer >= 0; layer--) {
        const hit = flower(u, v, layer);
        if (hit) return add(scale(hit, 0.85), scale(light.ambient, 0.04));
      }
      const hills = horizon - 0.07 * (noise.fbm(u * 2.2 + 3, 4, 4, 30) - 0.2);
      if (v > horizon) return blades(u, v, smooth(horizon, 1, v), Math.floor(v * 9));
      if (v < hills) return sky.at(u, 1 - v / horizon);
      const trees = noise.fbm(u * 34, v * 50, 4, 34);
      return mix(scale(grass, 0.2 + 0.9 * trees), light.haze, 0.42);
    };
  },
};
export default meadow;
