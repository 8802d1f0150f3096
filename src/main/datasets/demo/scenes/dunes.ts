import { add, hex, mix, scale, smooth, tint, type Light } from '../colour';
import { makeSky, pick, pickDaylight, type Scene } from '../scene';

const CRESTS = 4;

/** Sand dunes in slanting light, wind ripples across them, tufts of grass in front. */
const dunes: Scene = {
  id: 'dunes',
  compose(stream, noise, aspect) {
    const light = pickDaylight(stream);
    const sky = makeSky(stream, noise, light, aspect, 0.5);
    const sand = pick(stream, [hex(0xd9a868), hex(0xe6c795), hex(0xc98a5c)] as const);
    const offsets = Array.from({ length: CRESTS }, () => stream.uniform(0, 80));
    const ripples = stream.uniform(34, 48);
    const side = sky.sunX > aspect / 2 ? 1 : -1;

    const crest = (i: number, u: number): number => {
      const near = i / (CRESTS - 1);
      const offset = offsets[i] ?? 0;
      const wave = noise.fbm(u * (1.4 - 0.5 * near) + offset, 0.5, 3, 3);
      return 0.36 + 0.36 * near - (0.3 + 0.12 * near) * (wave - 0.4);
    };

    const slope = (i: number, u: number, v: number, below: number): Light => {
      const near = i / (CRESTS - 1);
      const offset = offsets[i] ?? 0;
      const lee =
        noise.fbm(u * 1.4 + offset, v * 1.2, 3, 6) +
        0.5 * side * (crest(i, u + 0.02) - crest(i, u - 0.02)) * 9;
      const shaded = smooth(0.42, 0.62, lee);
      const bend = noise.fbm(u * 2.2 + offset, v * 3.4, 3, 9);
      const density = ripples * (1.9 - near);
      const phase = (v * (1.5 - 0.4 * near) + 0.24 * u * side + 0.36 * bend) * density;
      const ripple = Math.sin(phase * 2.4) * 0.5 + 0.5;
      const grains = noise.fbm(u * 120, v * 120, 2, 12) - 0.5;
      const sun = scale(light.sun, (1 - 0.85 * shaded) * (0.5 + 0.42 * ripple + 0.5 * grains));
      const glow = scale(light.ambient, 0.9 + 0.5 * shaded + 0.3 * grains);
      const rim = 0.35 * smooth(0.02, 0, below);
      const colour = tint(sand, add(add(sun, glow), scale(light.sun, rim)));
      return mix(colour, light.haze, 0.55 * (1 - near));
    };

    const tuft = (u: number, v: number): Light | null => {
      const column = Math.floor(u * 9);
      if (noise.hash(column, 1, 30) < 0.55) return null;
      const foot = 0.86 + 0.16 * noise.hash(column, 2, 30);
      const rise = (foot - v) / (0.1 + 0.12 * noise.hash(column, 3, 30));
      if (rise < 0 || rise > 1) return null;
      const dx = (u * 9 - column - 0.5) * 1.6;
      const blade = Math.abs(Math.sin(dx * (26 - 13 * rise) + 5 * noise.hash(column, 4, 30)));
      const spread = Math.abs(dx) < 0.18 + 0.5 * rise;
      if (!spread || blade > 0.42 * (1 - rise)) return null;
      return scale(hex(0x7c7a3a), 0.5 + 0.7 * rise);
    };

    return (u, v) => {
      const grass = tuft(u, v);
      if (grass) return grass;
      for (let i = CRESTS - 1; i >= 0; i--) {
        const below = v - crest(i, u);
        if (below >= 0) return slope(i, u, v, below);
      }
      return sky.at(u, 1 - v / 0.5);
    };
  },
};
export default dunes;
