import { add, clamp01, hex, mix, scale, smooth, type Light } from '../colour';
import { makeSky, pickDaylight, type Scene } from '../scene';

const ROWS = 3;

/** A town over a river at dusk: lit windows, reflections broken by ripples. */
const skyline: Scene = {
  id: 'skyline',
  compose(stream, noise, aspect) {
    const light = pickDaylight(stream);
    const sky = makeSky(stream, noise, light, aspect, 0.8);
    const shore = stream.uniform(0.68, 0.78);
    const shift = Array.from({ length: ROWS }, () => stream.uniform(0, 90));
    const lamps = stream.uniform(0.35, 0.65);
    const facades = [hex(0x6d5a50), hex(0x4c5664), hex(0x7b6e62), hex(0x5b4a54), hex(0x8a7a66)];

    const building = (row: number, u: number, v: number): Light | null => {
      const near = row / (ROWS - 1);
      const pitch = 0.1 + 0.075 * near;
      const x = u / pitch + (shift[row] ?? 0);
      const column = Math.floor(x);
      const inside = x - column;
      const own = (salt: number): number => noise.hash(column, row, salt);
      const top = shore - (0.62 - 0.38 * near) * (0.35 + 0.65 * own(1));
      const gap = 0.04 + 0.1 * own(2);
      if (v < top || inside < gap * 0.5) {
        const antenna = own(3) > 0.55 && Math.abs(inside - 0.5) < 0.03 && v > top - 0.07;
        return antenna ? scale(hex(0x20222a), 0.6) : null;
      }
      const wall = facades[Math.floor(own(4) * facades.length)] ?? hex(0x666666);
      const shade = 0.35 + 0.45 * clamp01(inside * 1.2) + 0.25 * noise.fbm(u * 30, v * 30, 2, 6);
      const lit = add(scale(wall, shade * 0.65), scale(light.horizon, 0.05));
      const rows = (v - top) / (0.026 + 0.014 * near);
      const across = (inside * pitch) / (0.017 + 0.01 * near);
      const floor = Math.floor(rows);
      const bay = Math.floor(across);
      const fx = across - bay;
      const fy = rows - floor;
      const glass = floor > 0 && fx > 0.24 && fx < 0.8 && fy > 0.22 && fy < 0.8;
      const cornice = fy < 0.12 || rows < 0.6 ? 0.75 : 1;
      let colour = scale(lit, cornice);
      if (glass) {
        const on = noise.hash(bay + column * 131, floor + row * 977, 8) < lamps;
        const warm = mix(hex(0xffc66b), hex(0xfff0c8), noise.hash(bay + column * 131, floor, 9));
        const pane = 0.55 + 0.9 * noise.hash(bay + column * 17, floor, 10);
        colour = on ? scale(warm, pane * 0.95) : mix(scale(lit, 0.4), light.zenith, 0.3);
      }
      return mix(colour, light.haze, (1 - near) * 0.5);
    };

    const above = (u: number, v: number): Light => {
      for (let row = ROWS - 1; row >= 0; row--) {
        const hit = building(row, u, v);
        if (hit) return hit;
      }
      return sky.at(u, 1 - v / 0.8);
    };

    const river = (u: number, v: number): Light => {
      const depth = v - shore;
      const z = 1 / (depth + 0.05);
      const ripple = noise.fbm(u * z * 0.9, z * 5, 4, 60) - 0.5;
      const fine = noise.fbm(u * 26, z * 16, 2, 64) - 0.5;
      const mirrored = above(
        u + 0.05 * ripple,
        shore - depth * 1.7 + (0.14 * ripple + 0.06 * fine) * (0.3 + 2 * depth),
      );
      return add(scale(mirrored, 0.62 + 0.5 * fine), scale(hex(0x0d1a26), 0.5));
    };

    const quay = (u: number, v: number): Light =>
      scale(
        hex(0x8a8076),
        0.2 + 0.3 * noise.fbm(u * 40, v * 90, 2, 66) + 0.2 * smooth(shore, shore - 0.012, v),
      );

    return (u, v) => {
      if (v > shore) return river(u, v);
      return v > shore - 0.018 ? quay(u, v) : above(u, v);
    };
  },
};
export default skyline;
