/** Number formats of weights files, under the names safetensors gives them. */
export type DType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL';

type Decode = (view: DataView, at: number) => number;

const formats: Readonly<Record<DType, { readonly bytes: number; readonly decode: Decode }>> = {
  F64: { bytes: 8, decode: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, decode: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, decode: (view, at) => fromHalf(view.getUint16(at, true)) },
  // The upper half of a float32.
  BF16: { bytes: 2, decode: (view, at) => fromBits(view.getUint16(at, true) * 0x10000) },
  I64: { bytes: 8, decode: (view, at) => Number(view.getBigInt64(at, true)) },
  I32: { bytes: 4, decode: (view, at) => view.getInt32(at, true) },
  I16: { bytes: 2, decode: (view, at) => view.getInt16(at, true) },
  I8: { bytes: 1, decode: (view, at) => view.getInt8(at) },
  U8: { bytes: 1, decode: (view, at) => view.getUint8(at) },
  BOOL: { bytes: 1, decode: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
};

export const dtypes = Object.keys(formats) as readonly DType[];

export function isDType(name: unknown): name is DType {
  return typeof name === 'string' && Object.hasOwn(formats, name);
}

/** Bytes of one value. */
export function dtypeBytes(dtype: DType): number {
  return formats[dtype].bytes;
}

/**
 * `count` little-endian values that lie one after another from value `first` on, as float32. Those stored as float32
 * keep every bit, NaNs included.
 */
export function decodeValues(
  bytes: Uint8Array,
  dtype: DType,
  first: number,
  count: number,
): Float32Array<ArrayBuffer> {
  const { bytes: size, decode } = formats[dtype];
  const start = first * size;
  if (dtype === 'F32') {
    // Copied as bytes: a typed array needs an aligned start, and a NaN copied as a number may lose its bits. Every
    // machine the lab runs on is little-endian, as the file is. Not by `slice`, which is a view where the bytes are a
    // Node Buffer.
    const copy = new Uint8Array(4 * count);
    copy.set(bytes.subarray(start, start + copy.length));
    return new Float32Array(copy.buffer);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = decode(view, start + i * size);
  return values;
}

/** Whether no value is infinite or NaN: those have all exponent bits set. */
export function allFinite(data: Float32Array): boolean {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  for (const value of bits) if ((value & 0x7f800000) === 0x7f800000) return false;
  return true;
}

const scratch = new DataView(new ArrayBuffer(4));

function fromBits(bits: number): number {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
}

/** IEEE 754 binary16: 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
