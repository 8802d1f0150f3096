import { add, hex, mix, scale, smooth, tint, type Light } from '../colour';
import { makeSky, pick, pickDaylight, type Scene } from '../scene';

interface Range {
  readonly base: number;
  readonly rise: number;
  readonly frequency: number;
  readonly offset: number;
  /** 0 near, 1 lost in haze. */
  readonly distance: number;
}

const RANGES = 5;

/** Ranges one behind the other, snow on the far ones, a forest in front. */
const mountains: Scene = {
  id: 'mountains',
  compose(stream, noise, aspect) {
    const light = pickDaylight(stream);
    const sky = makeSky(stream, noise, light, aspect, 0.75);
    const rock = pick(stream, [hex(0x6b6660), hex(0x7a6a5c), hex(0x59616b)] as const);
    const wood = pick(stream, [hex(0x2e4a2b), hex(0x3d4a22), hex(0x24443a)] as const);
    const snowline = stream.uniform(0.4, 0.55);
    const ranges: Range[] = Array.from({ length: RANGES }, (_, i) => {
      const nearness = i / (RANGES - 1);
      return {
        base: 0.52 + 0.36 * nearness,
        rise: 0.46 - 0.28 * nearness,
        frequency: 1.1 + nearness * 1.3,
        offset: stream.uniform(0, 100),
        distance: 1 - nearness,
      };
    });
    const sunSide = sky.sunX > aspect / 2 ? 1 : -1;

    const crest = ({ base, rise, frequency, offset, distance }: Range, u: number): number => {
      const shape = noise.ridged(u * frequency + offset, offset, 5, 3);
      const trees = distance < 0.3 ? 0.035 * Math.abs(noise.value(u * 46, offset, 9) - 0.5) : 0;
      return base - rise * (shape - 0.35) - trees;
    };

    const slope = (range: Range, u: number, v: number, below: number): Light => {
      const { frequency, offset, distance } = range;
      const x = u * frequency * 5 + offset;
      const y = v * 9 + below * 4;
      const height = noise.fbm(x, y, 5, 12);
      const lit = noise.fbm(x + 0.1 * sunSide, y - 0.08, 5, 12);
      const shade = 0.62 + 5.5 * (height - lit);
      const sun = scale(light.sun, Math.max(0.05, shade) * 0.75);
      const needles = 0.55 + 0.9 * noise.fbm(u * 70, v * 46, 2, 21);
      const forest = scale(wood, needles);
      const high = smooth(0.02, -0.03, v - snowline + 0.25 * (height - 0.5));
      const snow = distance > 0.35 ? high * smooth(0.4, 0.55, height + 0.3 * shade) : 0;
      const ground = mix(mix(forest, rock, smooth(0.1, 0.6, distance)), hex(0xf4f6fa), snow);
      return tint(ground, add(sun, light.ambient));
    };

    return (u, v) => {
      for (let i = RANGES - 1; i >= 0; i--) {
        const range = ranges[i];
        if (!range) continue;
        const below = v - crest(range, u);
        if (below < 0) continue;
        const mist = range.distance * 0.78 + 0.2 * smooth(0.05, 0.3, below) * range.distance;
        return mix(slope(range, u, v, below), light.haze, Math.min(0.9, mist));
      }
      return sky.at(u, 1 - v / 0.75);
    };
  },
};
export default mountains;
