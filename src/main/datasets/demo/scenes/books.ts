import { clamp01, hex, mix, scale, smooth, tint, type Light } from '../colour';
import { pick, type Scene } from '../scene';

/** Shelves of old books under a reading lamp. */
const books: Scene = {
  id: 'books',
  compose(stream, noise, aspect) {
    const covers: readonly Light[] = pick(stream, [
      [hex(0x6b1f24), hex(0x1f3a4f), hex(0x2f4a34), hex(0x8a5a2a), hex(0x3a2f4a), hex(0xc9b48a)],
      [hex(0x274a5a), hex(0xb5502f), hex(0xd9c28a), hex(0x4a2430), hex(0x5a6a3a), hex(0xe8e0d0)],
    ] as const);
    const wood = pick(stream, [hex(0x6a4428), hex(0x8a6238), hex(0x4a3022)] as const);
    const shelves = 2 + stream.integer(2);
    const lamp = { x: stream.uniform(0.2, 0.8) * aspect, y: stream.uniform(0.1, 0.5) };
    const shift = stream.uniform(0, 500);

    const grain = (u: number, v: number): Light => {
      const rings = noise.fbm(u * 3 + shift, v * 46, 4, 3);
      return scale(wood, 0.45 + 1.1 * rings);
    };

    const spine = (u: number, y: number, shelf: number): Light | null => {
      const x = u * 17 + shift + shelf * 71;
      const slot = Math.floor(x);
      const cut = noise.hash(slot, shelf, 5) * 0.5;
      const second = x - slot > 0.42 + cut * 0.4;
      const start = second ? 0.42 + cut * 0.4 : 0;
      const width = second ? 0.58 - cut * 0.4 : 0.42 + cut * 0.4;
      const id = slot * 2 + (second ? 1 : 0);
      const own = (salt: number): number => noise.hash(id, shelf, salt);
      const top = 0.1 + 0.26 * own(6);
      if (y < top || own(7) < 0.03) return null;
      const fx = (x - slot - start) / width;
      const cover = covers[Math.floor(own(8) * covers.length)] ?? hex(0x777777);
      const round = 0.35 + 0.75 * Math.sqrt(clamp01(1 - Math.pow(fx * 2 - 1, 2)));
      const leather = 0.65 + 0.7 * noise.fbm(u * 75, y * 44 + id, 3, 9);
      const fy = (y - top) / (1 - top);
      const gold = mix(hex(0xe6c26a), hex(0xf6ead0), own(10));
      const bands =
        Math.abs(fy - 0.1) < 0.012 ||
        Math.abs(fy - 0.86) < 0.014 ||
        (own(11) > 0.5 && Math.abs(fy - 0.78) < 0.008);
      const label =
        own(12) > 0.35 && fy > 0.2 && fy < 0.36 + 0.2 * own(13) && Math.abs(fx - 0.5) < 0.34;
      const raised =
        own(14) > 0.55
          ? 1 +
            0.4 *
              smooth(0.03, 0, Math.abs(((fy * 6) % 1) - 0.5) - 0.03) *
              (fy % 0.17 < 0.08 ? 1 : -1)
          : 1;
      let colour = scale(cover, leather * raised);
      if (label) {
        const line = Math.floor(fy * 62);
        const ink = line % 2 === 0 && noise.hash(Math.floor(fx * 11), line, id) > 0.35;
        colour = mix(scale(own(15) > 0.5 ? hex(0x2a1a16) : cover, 0.8), gold, ink ? 0.85 : 0.06);
      }
      if (bands) colour = scale(gold, 0.55 + 0.5 * noise.value(u * 90, y * 60, 17));
      const pages = fy < 0.02 ? 1.25 : 1;
      return scale(colour, round * pages);
    };

    return (u, v) => {
      const y = v * shelves;
      const shelf = Math.floor(y);
      const fy = y - shelf;
      const distance = Math.hypot(u - lamp.x, v - lamp.y);
      const light = tint(
        [1.5, 1.22, 0.9],
        scale([1, 1, 1], 0.22 + 1.15 * Math.exp(-1.5 * distance)),
      );
      const board = 0.09;
      if (fy > 1 - board)
        return tint(scale(grain(u, v), fy > 1 - board * 0.75 ? 0.85 : 1.25), light);
      const book = spine(u, fy / (1 - board), shelf);
      const overhang = 0.35 + 0.65 * smooth(0, 0.3, fy);
      if (book) return tint(scale(book, overhang), light);
      return tint(scale(grain(v * 0.5, u * 0.6), 0.13), light);
    };
  },
};
export default books;
