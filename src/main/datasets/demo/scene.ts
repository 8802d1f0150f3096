import type { RandomStream } from '@shared/random';
import { add, hex, mix, scale, smooth, type Light } from './colour';
import type { Noise } from './noise';

/** Light at a point: u runs from 0 at the left to the picture's width over its height, v from 0 at the top to 1. */
export type Shade = (u: number, v: number) => Light;

/** A kind of scene. To add one, write `scenes/<id>.ts`; every seed of a kind is another content. */
export interface Scene {
  readonly id: string;
  /** Draws whatever varies between contents and returns the picture as a function. */
  compose(stream: RandomStream, noise: Noise, aspect: number): Shade;
}

/** One of several, equally likely. */
export function pick<T>(stream: RandomStream, choices: readonly [T, ...T[]]): T {
  return choices[stream.integer(choices.length)] ?? choices[0];
}

/** Colours of the sky at a time of day. */
export interface Daylight {
  readonly zenith: Light;
  readonly horizon: Light;
  /** Colour of direct light, and of light from the sky. */
  readonly sun: Light;
  readonly ambient: Light;
  readonly haze: Light;
}

const daylights: readonly [Daylight, ...Daylight[]] = [
  {
    zenith: hex(0x2f6fb5),
    horizon: hex(0xcfe3ee),
    sun: scale(hex(0xfff1d6), 1.25),
    ambient: scale(hex(0x9fc0e6), 0.45),
    haze: hex(0xb9d3e6),
  },
  {
    zenith: hex(0x3b4f86),
    horizon: hex(0xf6b37a),
    sun: scale(hex(0xffb469), 1.5),
    ambient: scale(hex(0x8a8fc0), 0.4),
    haze: hex(0xe3ab8b),
  },
  {
    zenith: hex(0x6f8fae),
    horizon: hex(0xf2e3c4),
    sun: scale(hex(0xffe0a8), 1.35),
    ambient: scale(hex(0xa8b8c8), 0.45),
    haze: hex(0xdcd6c4),
  },
  {
    zenith: hex(0x46386e),
    horizon: hex(0xe8859a),
    sun: scale(hex(0xff9f8a), 1.4),
    ambient: scale(hex(0x8c7fb4), 0.45),
    haze: hex(0xc68ea6),
  },
];

export function pickDaylight(stream: RandomStream): Daylight {
  return pick(stream, daylights);
}

/**
 * A sky with a sun and clouds; `height` is 0 at the horizon and 1 at the top of the picture.
 *
 * @param span how much of the picture's height lies between the two, so that the sun is round
 */
export function makeSky(
  stream: RandomStream,
  noise: Noise,
  light: Daylight,
  aspect: number,
  span: number,
): { sunX: number; sunHeight: number; at: (u: number, height: number) => Light } {
  const sunX = stream.uniform(0.15, 0.85) * aspect;
  const sunHeight = stream.uniform(0.15, 0.6);
  const cover = stream.uniform(0.38, 0.52);
  const drift = stream.uniform(0, 50);
  const at = (u: number, height: number): Light => {
    const h = Math.max(0, height);
    let sky = mix(light.horizon, light.zenith, Math.pow(h, 0.6));
    const distance = Math.hypot(u - sunX, (h - sunHeight) * span);
    sky = add(
      sky,
      scale(light.sun, 0.25 * Math.exp(-distance * 3.2) + 0.9 * smooth(0.06, 0.04, distance)),
    );
    // Clouds lie on a plane overhead: they flatten and shrink towards the horizon.
    const far = 1 / (h + 0.18);
    const x = (u - aspect / 2) * far * 0.9 + drift;
    const y = far * 1.6;
    const body = noise.fbm(x, y * 1.4, 5, 40);
    const lit = noise.fbm(x + 0.12, y * 1.4 - 0.18, 4, 40);
    const cloud = smooth(cover, cover + 0.22, body) * smooth(0, 0.12, h);
    const shine = 0.75 + 1.6 * (body - lit);
    return mix(sky, add(scale(light.sun, 0.62 * shine), scale(light.ambient, 0.7)), 0.85 * cloud);
  };
  return { sunX, sunHeight, at };
}
