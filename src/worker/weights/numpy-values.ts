import { PickleObject, PickleTuple, type PickleValue } from '@shared/pickle/values';
import { decodeValues, dtypeBytes, isDType, type DType } from './dtype';
import type { Refusals } from './refusal';

const MAX_RANK = 16;

/** A NumPy number format: "f8" is float64, "i8" int64. */
export class NumpyDtype extends PickleObject {
  readonly kind = 'dtype';
  #bigEndian = false;

  private constructor(readonly dtype: DType) {
    super();
  }

  static fromCode(code: PickleValue | undefined, refuse: Refusals): NumpyDtype {
    const [letter, size] = typeof code === 'string' ? [code.charAt(0), Number(code.slice(1))] : [];
    const family = { f: 'F', i: 'I', u: 'U', b: 'BOOL' }[letter ?? ''];
    const dtype = family === 'BOOL' ? family : `${family}${8 * Number(size)}`;
    if (!isDType(dtype)) {
      throw refuse.unsupported(
        `holds NumPy values of the format ${JSON.stringify(typeof code === 'string' ? code : null)}, which is not read here`,
        'Save them as plain numbers.',
      );
    }
    return new NumpyDtype(dtype);
  }

  /** NumPy's state: (version, byte order, ...). */
  setState(state: readonly PickleValue[], refuse: Refusals): void {
    const order = state[1];
    if (typeof order !== 'string') throw refuse.damaged('is damaged: a NumPy format has no order');
    this.#bigEndian = order === '>';
  }

  /** float64 values keep their precision here, unlike weights: they are epochs, losses, scores. */
  values(bytes: Uint8Array, count: number): number[] {
    const size = dtypeBytes(this.dtype);
    const little = this.#bigEndian ? swapped(bytes, size) : bytes;
    if (this.dtype !== 'F64') return [...decodeValues(little, this.dtype, 0, count)];
    const view = new DataView(little.buffer, little.byteOffset, little.byteLength);
    return Array.from({ length: count }, (_, i) => view.getFloat64(8 * i, true));
  }
}

/** A NumPy array; its values are made on request only. */
export class NumpyArray extends PickleObject {
  readonly kind = 'array';
  #count = 0;
  #dtype: NumpyDtype | null = null;
  #bytes: Uint8Array = new Uint8Array();

  get count(): number {
    return this.#count;
  }

  /** NumPy's state: (version, shape, format, column-major, bytes). */
  setState(state: readonly PickleValue[], refuse: Refusals): void {
    const [, shape, dtype, , bytes] = state;
    const sizes = shape instanceof PickleTuple ? shape.items : null;
    const count = (sizes ?? [NaN]).reduce<number>((product, size) => product * Number(size), 1);
    const fits =
      dtype instanceof NumpyDtype &&
      bytes instanceof Uint8Array &&
      (sizes?.length ?? 0) <= MAX_RANK &&
      bytes.length === count * dtypeBytes(dtype.dtype);
    if (!fits) throw refuse.damaged('is damaged: a NumPy array in it does not fit its shape');
    this.#count = count;
    this.#dtype = dtype;
    this.#bytes = bytes;
  }

  /** All values in the order they are stored in. */
  values(): number[] {
    return this.#dtype?.values(this.#bytes, this.#count) ?? [];
  }
}

export function numpyScalar(
  dtype: PickleValue | undefined,
  bytes: PickleValue | undefined,
  refuse: Refusals,
): number {
  const fits =
    dtype instanceof NumpyDtype &&
    bytes instanceof Uint8Array &&
    bytes.length === dtypeBytes(dtype.dtype);
  const [value] = fits ? dtype.values(bytes, 1) : [];
  if (value === undefined) throw refuse.damaged('is damaged: a NumPy number in it has no value');
  return value;
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const little = Uint8Array.from(bytes);
  for (let at = 0; at < little.length; at += size) little.subarray(at, at + size).reverse();
  return little;
}
