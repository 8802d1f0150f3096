import { hex, mix, scale, type Light } from '../colour';
import { pick, type Scene } from '../scene';

/** A tartan cloth close up, thread by thread, in soft folds. */
const weave: Scene = {
  id: 'weave',
  compose(stream, noise, aspect) {
    const dyes: readonly Light[] = pick(stream, [
      [hex(0x8a1f2b), hex(0x1f3550), hex(0xe6dcc8), hex(0x2f4f3a)],
      [hex(0x2b5a6b), hex(0xd9a441), hex(0xf0e8d8), hex(0x6b2f3a)],
      [hex(0x4a5a2f), hex(0xb5562f), hex(0xe8d9b0), hex(0x2a2a33)],
    ] as const);
    const threads = stream.uniform(30, 40);
    const tilt = stream.uniform(-0.5, 0.5);
    const sett = Array.from({ length: 7 }, () => ({
      dye: dyes[stream.integer(dyes.length)] ?? hex(0x888888),
      count: 1 + stream.integer(5),
    }));
    const repeat = sett.reduce((sum, { count }) => sum + count, 0);
    const fold = stream.uniform(0, 40);

    const dyeOf = (thread: number): Light => {
      let at = ((thread % repeat) + repeat) % repeat;
      for (const { dye, count } of sett) {
        if (at < count) return dye;
        at -= count;
      }
      return hex(0x888888);
    };
    const height = (u: number, v: number): number =>
      noise.fbm(u * 1.3 + v * 0.5 + fold, v * 0.9 - u * 0.3, 2, 3) * 0.9;

    return (u, v) => {
      const h = height(u, v);
      const slopeX = (height(u + 0.02, v) - h) / 0.02;
      const slopeY = (height(u, v + 0.02) - h) / 0.02;
      const x = (u * Math.cos(tilt) + v * Math.sin(tilt) + 0.09 * slopeX) * threads;
      const y = (v * Math.cos(tilt) - u * Math.sin(tilt) + 0.09 * slopeY) * threads;
      const [warp, weft] = [Math.floor(x), Math.floor(y)];
      const [fx, fy] = [x - warp - 0.5, y - weft - 0.5];
      // A twill: the weft passes over two, under two, one step further each row.
      const over = (((warp - weft) % 4) + 4) % 4 < 2;
      const across = over ? fy : fx;
      const lengthwise = over ? fx : fy;
      const fibre = noise.fbm(
        lengthwise * 2 + (over ? warp : weft) * 5,
        across * 9 + (over ? weft : warp) * 11,
        2,
        9,
      );
      const round = Math.sqrt(Math.max(0, 1 - 3.6 * across * across));
      const dip = 1 - 0.55 * Math.pow(Math.abs(lengthwise) * 2, 3);
      const wear = 0.8 + 0.4 * noise.hash(over ? weft : warp, over ? 1 : 2, 12);
      const light = Math.max(0.12, 0.62 - 0.75 * slopeX + 0.5 * slopeY);
      const thread = scale(
        dyeOf(over ? weft + 3 : warp),
        (0.35 + 0.75 * round) * dip * wear * (0.65 + 0.7 * fibre),
      );
      const lint = mix(thread, hex(0xf4ecdc), 0.1 * fibre * round);
      const vignette = 1.08 - 0.35 * Math.hypot(u - aspect / 2, v - 0.5);
      return scale(lint, light * 1.65 * vignette);
    };
  },
};
export default weave;
