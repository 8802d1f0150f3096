import { add, hex, mix, scale, smooth, type Light } from '../colour';
import { makeSky, pick, pickDaylight, type Scene } from '../scene';

/** Open water under a low sun, with a sailing boat or two. */
const sea: Scene = {
  id: 'sea',
  compose(stream, noise, aspect) {
    const light = pickDaylight(stream);
    const horizon = stream.uniform(0.34, 0.46);
    const sky = makeSky(stream, noise, light, aspect, horizon);
    const deep = pick(stream, [hex(0x0d3a4f), hex(0x113b3a), hex(0x1c2f52)] as const);
    const swell = stream.uniform(0.7, 1.2);
    const boats = Array.from({ length: 1 + stream.integer(3) }, () => ({
      x: stream.uniform(0.1, 0.9) * aspect,
      size: stream.uniform(0.05, 0.13),
    }));

    const waves = (x: number, z: number): number =>
      0.6 * noise.fbm(x * 2.2, z * 1.5, 4, 5) + 0.4 * noise.ridged(x * 1.1 + 9, z * 0.8, 4, 8);

    const water = (u: number, depth: number): Light => {
      const z = 0.55 / (depth + 0.02);
      const x = (u - aspect / 2) * z * 1.3;
      const height = waves(x, z * 3);
      const tiltY = (waves(x, z * 3 + 0.12) - height) * swell;
      const tiltX = (waves(x + 0.12, z * 3) - height) * swell;
      const facing = Math.min(1, 0.25 + 0.5 * smooth(0.5, 0, depth) + 2.2 * Math.abs(tiltY));
      const mirrored = sky.at(u + tiltX * 1.4, Math.max(0.02, depth * 1.1 + tiltY * 2.4));
      const foam =
        smooth(0.66, 0.8, height + 0.12 * noise.value(x * 9, z * 14, 15)) *
        smooth(0.03, 0.25, depth);
      const path = Math.exp(-Math.pow((u - sky.sunX) / (0.06 + 0.35 * depth), 2));
      const glint = smooth(0.05, 0.16, tiltY + 0.05 * noise.value(x * 22, z * 30, 17)) * path;
      const body = mix(scale(deep, 0.55 + height), scale(mirrored, 0.8), facing * 0.75);
      return add(mix(body, hex(0xe6eef0), 0.6 * foam), scale(light.sun, 0.8 * glint));
    };

    const boat = (u: number, v: number): Light | null => {
      for (const { x, size } of boats) {
        const dx = (u - x) / size;
        const dy = (v - horizon - size * 0.16) / size;
        if (dy > -0.16 && dy < 0.05 && Math.abs(dx) < 0.42 - dy) return scale(hex(0x4a2f22), 0.7);
        const mast = dy < -0.16 && dy > -1.3;
        if (mast && dx > 0.02 && dx < 0.5 * (dy + 1.3))
          return scale(hex(0xf6efe0), 0.95 + 0.2 * dx);
        if (mast && dx < -0.03 && dx > -0.32 * (dy + 1.3))
          return scale(hex(0xe8dcc6), 0.7 - 0.4 * dx);
        if (mast && Math.abs(dx) < 0.025) return scale(hex(0x3a2a20), 0.6);
      }
      return null;
    };

    return (u, v) => {
      const drawn = boat(u, v);
      if (drawn) return drawn;
      return v < horizon ? sky.at(u, 1 - v / horizon) : water(u, v - horizon);
    };
  },
};
export default sea;
