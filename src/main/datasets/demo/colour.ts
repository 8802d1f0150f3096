/** Linear light, red green blue; 1 is white, more is brighter than white. */
export type Light = readonly [number, number, number];

export const clamp01 = (x: number): number => Math.min(1, Math.max(0, x));

/** 0 below `from`, 1 above `to`, an S in between; falls if `from` is above `to`. */
export function smooth(from: number, to: number, x: number): number {
  const t = clamp01((x - from) / (to - from));
  return t * t * (3 - 2 * t);
}

export const lerp = (a: number, b: number, t: number): number => a + (b - a) * t;

export function mix(a: Light, b: Light, t: number): Light {
  return [lerp(a[0], b[0], t), lerp(a[1], b[1], t), lerp(a[2], b[2], t)];
}

export const scale = (a: Light, k: number): Light => [a[0] * k, a[1] * k, a[2] * k];
export const add = (a: Light, b: Light): Light => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const tint = (a: Light, b: Light): Light => [a[0] * b[0], a[1] * b[1], a[2] * b[2]];

/** The linear light of an sRGB colour written as 0xrrggbb (IEC 61966-2-1). */
export function hex(code: number): Light {
  const channel = (shift: number): number => {
    const v = ((code >> shift) & 255) / 255;
    return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
  };
  return [channel(16), channel(8), channel(0)];
}

/** Light to an sRGB level in [0, 255]: above 0.8 highlights roll off softly instead of clipping. */
export function toLevel(light: number): number {
  const rolled =
    light <= 0.8 ? Math.max(0, light) : 0.8 + 0.2 * (1 - Math.exp((0.8 - light) / 0.2));
  const v = rolled <= 0.0031308 ? rolled * 12.92 : 1.055 * Math.pow(rolled, 1 / 2.4) - 0.055;
  return v * 255;
}
