import { add, hex, lerp, mix, scale, smooth, tint, type Light } from '../colour';
import { pick, type Scene } from '../scene';

const ROWS = 4;

/** Tree trunks one behind the other in morning mist, light falling through the leaves, leaf litter on the ground. */
const forest: Scene = {
  id: 'forest',
  compose(stream, noise, aspect) {
    const [mist, leaf, litter] = pick(stream, [
      [hex(0xd7e2b4), hex(0x5d8a2c), hex(0x6f5530)],
      [hex(0xf2d9a0), hex(0xb8741f), hex(0x8a4f22)],
      [hex(0xc9dde0), hex(0x3f7a52), hex(0x4f4a34)],
    ] as const);
    const bark = pick(stream, [hex(0x4f4034), hex(0x6a5a4c), hex(0x3d352f)] as const);
    const sunX = stream.uniform(0.2, 0.8) * aspect;
    const floor = stream.uniform(0.64, 0.74);
    const shift = Array.from({ length: ROWS }, () => stream.uniform(0, 40));

    const background = (u: number, v: number): Light => {
      const foliage = noise.fbm(u * 9, v * 9, 5, 4);
      const glow = Math.exp(-2.2 * Math.hypot(u - sunX, v - 0.28));
      const shaft = 0.5 + 0.5 * noise.fbm(((u - sunX) / (v + 0.35)) * 3.2 + 7, 0.5, 3, 6);
      const veil = mix(scale(leaf, 0.5 + foliage), mist, 0.45 + 0.35 * foliage);
      return add(veil, scale(mist, 0.7 * glow * (0.5 + shaft)));
    };

    const trunk = (row: number, u: number, v: number): Light | null => {
      const near = row / (ROWS - 1);
      const spacing = lerp(0.13, 0.5, near);
      const x =
        u / spacing + (shift[row] ?? 0) + 0.05 * noise.value(v * 2.5, row, 30) * (1 - 0.5 * near);
      const column = Math.floor(x);
      if (noise.hash(column, row, 31) < 0.25) return null;
      const centre = 0.3 + 0.4 * noise.hash(column, row, 32);
      const foot = floor + near * 0.24;
      const flare = 0.05 * smooth(foot - 0.12, foot, v);
      const width = (0.1 + 0.09 * noise.hash(column, row, 33)) * (1 + 0.25 * (v - 0.5)) + flare;
      const across = (x - column - centre) / width;
      if (v > foot || Math.abs(across) > 1) return null;
      const furrows = noise.ridged(across * 2.4 + column * 7, v * lerp(14, 5, near) * 0.7, 4, 34);
      const moss = smooth(0.55, 0.75, noise.fbm(across * 2 + column, v * 7, 3, 36)) * 0.6;
      const round = Math.sqrt(Math.max(0, 1 - across * across));
      const towards = u < sunX ? across : -across;
      const shade = 0.18 + 0.55 * round * (0.6 + 0.4 * towards) + 0.5 * smooth(0.55, 1, towards);
      const skin = mix(scale(bark, 0.45 + 1.1 * furrows), scale(leaf, 0.6 + 0.6 * furrows), moss);
      return mix(scale(skin, shade * 1.5), mist, (1 - near) * 0.72);
    };

    const ground = (u: number, v: number): Light => {
      const z = 1 / (v - floor + 0.14);
      const x = (u - aspect / 2) * z;
      const leaves = noise.cell(x * 9, z * 9, 50);
      const dapple = smooth(0.45, 0.7, noise.fbm(x * 1.3, z * 1.8, 3, 55));
      const colour = mix(
        scale(litter, 0.4 + 1.2 * leaves.id),
        scale(leaf, 0.4 + leaves.id),
        smooth(0.5, 0.8, noise.fbm(x * 0.8, z, 3, 58)),
      );
      const lit =
        (0.35 + 1.3 * dapple) * (0.55 + 0.75 * smooth(0, 0.5, leaves.second - leaves.near));
      return mix(
        tint(scale(colour, lit), [1.05, 1, 0.9]),
        mist,
        0.6 * smooth(floor + 0.2, floor, v),
      );
    };

    return (u, v) => {
      for (let row = ROWS - 1; row >= 0; row--) {
        const hit = trunk(row, u, v);
        if (hit) return hit;
      }
      return v > floor ? ground(u, v) : background(u, v);
    };
  },
};
export default forest;
